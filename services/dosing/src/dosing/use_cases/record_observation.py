"""Record vital signs and other readings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import publish
from dosing.domain.observation import Observation, Readings, check_observed_at
from dosing.store import anchors, observations, orders, protocols, sessions
from dosing.use_cases.follow_watch import follow_watch
from dosing.use_cases.judge_before_dose import judge_before_dose
from dosing.use_cases.judge_oximetry import judge_oximetry
from dosing.use_cases.judge_readings import JudgeReadings, judge_readings
from dosing.use_cases.make_ready import make_ready
from dosing.use_cases.watch_side_effects import watch_side_effects


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordObservation:
    """What somebody saw, and when."""

    session_id: UUID
    readings: Readings
    observed_at: datetime  # aware, UTC
    device_id: UUID | None
    by: Caller


async def record_observation(
    command: RecordObservation, clock: Clock, tx: Transaction
) -> Observation:
    """Keep the readings and announce them, with the alerts they raise, all or nothing.

    Raises SessionNotFound (404), SessionOver (409), ImplausibleReading, ImpossibleTime (422).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    protocol = await protocols.pinned(tx, session)
    command.readings.check(protocol.plausible)
    check_observed_at(command.observed_at, session, protocol.charting, tx.now)
    passed = await anchors.elapsed(tx, session, clock)
    taken = Observation(
        id=uuid7(),
        session_id=session.id,
        patient_id=session.patient_id,
        readings=command.readings,
        observed_at=command.observed_at,
        recorded_at=tx.now,
        recorded_by=command.by.subject,
        minutes_since_first_dose=_minutes(command.observed_at, passed, clock),
        device_id=command.device_id,
    )
    everything = [*await observations.of_session(tx, session.id), taken]
    order = await orders.latest_of(tx, session.id)
    observations.add(tx, taken)
    await make_ready(session, order, everything, protocol, by=command.by.subject, tx=tx)
    await outbox.append(tx, publish.observation_recorded(taken))
    if passed is not None and taken.minutes_since_first_dose is not None:
        anchors.add(tx, session.id, "observation", clock)
        read = JudgeReadings(session=session, source_id=taken.id, just_read=taken.readings)
        judged = await judge_readings(read, everything, tx)
        again_at = judged.look_again_at(timedelta(minutes=taken.minutes_since_first_dose))
        await follow_watch(session, protocol.watch, everything, passed, again_at, tx)
        await judge_oximetry(session, taken, tx)
    else:
        await judge_before_dose(session, taken, protocol, tx)
    await watch_side_effects(session.patient_id, taken.readings, tx)
    return taken


def _minutes(observed_at: datetime, passed: timedelta | None, clock: Clock) -> int | None:
    """Whole minutes since the first dose, by what has passed and not by the date."""
    if passed is None:
        return None
    at = passed - (clock.now() - observed_at)
    return None if at < timedelta(0) else int(at.total_seconds() // 60)
