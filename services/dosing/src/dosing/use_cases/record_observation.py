"""Record vital signs and other readings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain.observation import (
    Observation,
    Readings,
    before_first_dose,
    check_observed_at,
)
from dosing.domain.readiness import readied
from dosing.store import observations, orders, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordObservation:
    """What somebody saw, and when."""

    session_id: UUID
    readings: Readings
    observed_at: datetime  # aware, UTC
    by: Caller


async def record_observation(command: RecordObservation, tx: Transaction) -> Observation:
    """Keep the readings and announce them, both or neither.

    Raises SessionNotFound (404), SessionOver (409), ImplausibleReading, ImpossibleTime (422).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    protocol = data.protocol(session.protocol_code, session.protocol_version)
    command.readings.check(protocol.plausible)
    check_observed_at(command.observed_at, session, protocol.charting, tx.now)
    taken = Observation(
        id=uuid7(),
        session_id=session.id,
        patient_id=session.patient_id,
        readings=command.readings,
        observed_at=command.observed_at,
        recorded_at=tx.now,
        recorded_by=command.by.subject,
        minutes_since_first_dose=session.minutes_since_first_dose(command.observed_at),
    )
    seen = before_first_dose([*await observations.of_session(tx, session.id), taken])
    order = await orders.latest_of(tx, session.id)
    observations.add(tx, taken)
    sessions.save(tx, readied(session, order, seen, protocol, by=command.by.subject, now=tx.now))
    await outbox.append(tx, publish.observation_recorded(taken))
    return taken
