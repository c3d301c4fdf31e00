"""Move a visit to another time, place or team."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from scheduling import publish
from scheduling.data import booking_policy, protocols
from scheduling.domain.course import Placed
from scheduling.domain.plan_errors import CourseRulesBroken
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit
from scheduling.store import courses, occupancy, replans, visit_changes, visits
from scheduling.use_cases.admit_visit import AdmitVisit, admit_visit
from scheduling.use_cases.free_slot import free_slot
from scheduling.use_cases.occupy_slot import occupy_slot
from scheduling.use_cases.plan_reminders import plan_reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveVisit:
    """Where and when it takes place instead, and with whom; the patient and the kind stay."""

    visit_id: UUID
    version: int  # as the caller has read it
    site_id: UUID
    room_id: UUID | None
    starts_at: datetime  # aware, UTC
    staff: Mapping[Role, UUID]
    equipment_ids: tuple[UUID, ...]
    reason: str
    by: UUID | None
    among: Mapping[UUID, Placed] = field(default_factory=dict)  # where others of its course go


async def move_visit(command: MoveVisit, tx: Transaction) -> Visit:
    """Give up the old slot and take the new one, both or neither, and announce it.

    A visit that was held takes place again once what it needs holds: everything is checked anew.
    A visit of a course keeps the course's rules. Raises what `admit_visit` and `occupy_slot` raise,
    CourseRulesBroken (409), UnknownReason (422), VisitNotFound (404), StaleVersion (412),
    VisitNotOpen, VisitEnded (409).
    """
    booking_policy().check_cancel_reason(command.reason)
    seen = await visits.find(tx, command.visit_id)
    wanted = AdmitVisit(
        visit_id=seen.id,
        patient_id=seen.patient_id,
        site_id=command.site_id,
        room_id=command.room_id,
        visit_type=seen.visit_type,
        route=seen.route,
        starts_at=command.starts_at,
        staff=command.staff,
        equipment_ids=command.equipment_ids,
        moving=frozenset(command.among),
    )
    admitted = await admit_visit(wanted, tx)  # its locks come before the visit's, as in a booking
    was = await visits.lock_among(tx, command.visit_id)
    if was.version != command.version:
        raise StaleVersion
    moved = was.move(admitted)
    await _check_course(moved, tx, among=command.among)
    await occupancy.release(tx, was.id)
    await visit_changes.save_moved(tx, moved)
    await visit_changes.restaff(tx, moved)
    await occupy_slot(moved, tx)
    visit_changes.add_change(tx, was, moved, change="moved", reason=command.reason, by=command.by)
    await outbox.append(tx, publish.visit_moved(was, moved, reason=command.reason, at=tx.now))
    if was.held_reason is not None:
        await outbox.append(tx, publish.visit_released(moved, at=tx.now))
    await free_slot(was, tx, moved=moved)
    await replans.resolve(tx, was.id, "moved", by=command.by)
    await plan_reminders(moved, tx)
    return moved


async def _check_course(moved: Visit, tx: Transaction, *, among: Mapping[UUID, Placed]) -> None:
    course = await courses.of_visit(tx, moved)
    if course is None:
        return
    placed: dict[str, Placed] = {}
    for code, visit_id in course.steps.items():
        other = moved if visit_id == moved.id else await visits.find(tx, visit_id)
        if other.is_kept:
            placed[code] = among.get(visit_id, other)
    if broken := protocols()[course.protocol].broken(placed):
        raise CourseRulesBroken(broken)
