"""Take in what a monitor has measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing import publish
from dosing.domain.observation import Readings
from dosing.domain.protocol import Protocol, Watch
from dosing.domain.series import SIGNS, DeviceReading
from dosing.domain.session import Session
from dosing.store import anchors, observations, protocols, readings, sessions
from dosing.use_cases.follow_oximetry import follow_oximetry
from dosing.use_cases.follow_watch import follow_watch
from dosing.use_cases.judge_readings import JudgeReadings, judge_readings

_LATE = timedelta(minutes=2)  # a reading as old as this is no word on how the patient is now


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeviceBatch:
    """Readings of one monitor; a reading that was sent before is no new one."""

    batch_id: UUID
    session_id: UUID
    device_id: UUID
    sent: Sequence[DeviceReading]
    by: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a batch."""

    accepted: int
    duplicates: int
    late: int
    implausible: int


async def record_device_batch(command: RecordDeviceBatch, clock: Clock, tx: Transaction) -> Taken:
    """Keep what is new and believable, announce it, and raise the alerts that it holds.

    Late readings are kept and announced, and raise none. Raises SessionNotFound (404),
    SessionOver (409).
    """
    session, newest = await sessions.with_newest_reading(tx, command.session_id, command.device_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    protocol = await protocols.pinned(tx, session)
    good = [
        replace(one, late=True) if _late(one, newest, tx.now) else one
        for one in command.sent
        if _believable(one, protocol, tx.now)
    ]
    new = await readings.add(tx, command.batch_id, session.id, command.device_id, good)
    if new:
        event = publish.device_readings_recorded(
            session, command.batch_id, command.device_id, new, tx.now
        )
        await outbox.append(tx, event)
        await _judge(command, session, new, protocol.watch, clock, tx)
    return Taken(
        accepted=len(new),
        duplicates=len(good) - len(new),
        late=sum(one.late for one in new),
        implausible=len(command.sent) - len(good),
    )


def _late(one: DeviceReading, newest: datetime | None, now: datetime) -> bool:
    return now - one.read_at > _LATE or (newest is not None and one.read_at < newest)


def _believable(one: DeviceReading, protocol: Protocol, now: datetime) -> bool:
    if one.read_at > now + protocol.charting.future_tolerance:
        return False
    low, high = protocol.plausible.get(one.kind, (0, 999))
    return Decimal(low) <= one.value <= Decimal(high)


async def _judge(
    command: RecordDeviceBatch,
    session: Session,
    new: Sequence[DeviceReading],
    watch: Watch,
    clock: Clock,
    tx: Transaction,
) -> None:
    fresh: dict[str, Any] = {
        one.kind: int(one.value) for one in new if not one.late and one.kind in SIGNS
    }
    if not fresh or session.first_dose_at is None:
        return
    read = JudgeReadings(session=session, source_id=command.batch_id, just_read=Readings(**fresh))
    seen = await observations.of_session(tx, session.id)
    judged = await judge_readings(read, seen, tx)
    await follow_oximetry(session, new, seen, tx)
    if judged.new and judged.look_again_after is not None:
        passed = await anchors.elapsed(tx, session, clock) or timedelta(0)
        await follow_watch(session, watch, seen, passed, judged.look_again_at(passed), tx)
