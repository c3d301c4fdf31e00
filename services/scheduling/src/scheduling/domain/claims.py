"""What a visit takes: the patient, people, a room, equipment, and the time until a next dose."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from scheduling.domain.change_errors import TooSoonAfterDose
from scheduling.domain.errors import SlotTaken
from scheduling.domain.visit import Visit
from scheduling.domain.visit_type import VisitType

DOSING_INTERVAL = "dosing_interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something or somebody, wanted for a while: from `starts_at` until before `ends_at`.

    `lanes` 0 wants all of it; otherwise one of so many lanes is enough.
    """

    kind: str  # patient, practitioner, room, equipment or dosing_interval
    id: UUID
    starts_at: datetime
    ends_at: datetime
    lanes: int = 0


def claims_of(visit: Visit, kind: VisitType, *, patients_per_monitor: int) -> list[Claim]:
    """The patient and each practitioner for the visit; the room also for its buffers.

    Who watches patients may watch others as well, unless the visit is one to one.
    """
    shared = None
    if kind.monitor is not None and not visit.one_to_one:
        shared = visit.staff[kind.monitor]
    people = sorted(set(visit.staff.values()))
    busy = [who for role, who in visit.staff.items() if role is not kind.monitor]
    lanes = {who: patients_per_monitor for who in people if who == shared and who not in busy}
    claims = [_during(visit, "patient", visit.patient_id)]
    claims += [_during(visit, "practitioner", who, lanes.get(who, 0)) for who in people]
    claims += [_during(visit, "equipment", piece) for piece in visit.equipment_ids]
    if visit.room_id is not None:
        before = timedelta(minutes=kind.room_before_minutes)
        after = timedelta(minutes=kind.room_after_minutes)
        start, end = visit.starts_at - before, visit.ends_at + after
        claims.append(Claim(kind="room", id=visit.room_id, starts_at=start, ends_at=end))
    if kind.interval_hours:
        until = visit.starts_at + timedelta(hours=kind.interval_hours)
        start = visit.starts_at
        claims.append(
            Claim(kind=DOSING_INTERVAL, id=visit.patient_id, starts_at=start, ends_at=until)
        )
    return claims


def _during(visit: Visit, kind: str, what: UUID, lanes: int = 0) -> Claim:
    return Claim(kind=kind, id=what, starts_at=visit.starts_at, ends_at=visit.ends_at, lanes=lanes)


def refusal_of(visit: Visit, taken: list[Claim]) -> Exception:
    """What to say of claims that others have."""
    kinds = {one.kind for one in taken}
    if kinds == {DOSING_INTERVAL}:
        return TooSoonAfterDose()
    people = {one.id for one in taken if one.kind == "practitioner"}
    roles = sorted(role for role, person in visit.staff.items() if person in people)
    return SlotTaken(sorted(kinds - {DOSING_INTERVAL}), roles)
