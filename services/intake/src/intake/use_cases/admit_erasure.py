"""What stands against erasing a patient."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.retention import retention_of

from intake.domain.rights import reasons_against
from intake.store import dosing_sessions, merges, patients, rights


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitErasure:
    """Whether the whole person may be erased, by the id of the surviving record."""

    patient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Codes of what forbids it, none if nothing does, and the first day on which it may be."""

    against: list[str]
    from_day: date


async def admit_erasure(command: AdmitErasure, tx: Transaction) -> Admission:
    """Every record of the person counts: what holds one of them holds all, and the newest care
    under any of them is what the schedule is counted from.

    Raises PatientNotFound (404), NoSchedule (409).
    """
    held = dosed = False
    people, last = [], list[datetime]()
    for one in await merges.records(tx, command.patient_id):
        people.append(await patients.find(tx, one))
        last.append(await rights.last_care(tx, one))
        held = held or await rights.held(tx, one)
        dosed = dosed or await dosing_sessions.is_open(tx, one)
    tx.about(command.patient_id)
    retention, cared = retention_of(tx.network), max(last).astimezone(UTC).date()
    schedules = [retention.of("chart", one.state, one.home_site_id) for one in people]
    from_day = max(
        schedule.keep_until(cared, one.born_on)
        for schedule, one in zip(schedules, people, strict=True)
    )
    against = reasons_against(
        held=held,
        being_dosed=dosed,
        merged=await merges.merged(tx, command.patient_id) is not None,
        kept_before=from_day,
        today=tx.now.astimezone(UTC).date(),
    )
    return Admission(against=against, from_day=from_day)
