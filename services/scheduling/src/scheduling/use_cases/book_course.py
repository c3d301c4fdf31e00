"""Book every visit of a course, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.data import protocols, visit_types
from scheduling.domain.course_plan import PlannedVisit
from scheduling.domain.plan_errors import CourseRulesBroken, CourseSlotTaken, UnknownProtocol
from scheduling.domain.visit import Visit
from scheduling.store import courses, practitioners, visits
from scheduling.store.courses import Course
from scheduling.use_cases.admit_visit import AdmitVisit, admit_visit
from scheduling.use_cases.occupy_slots import occupy_slots
from scheduling.use_cases.plan_reminders import plan_reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class BookCourse:
    """A plan that was chosen."""

    patient_id: UUID
    protocol: str
    visits: Sequence[PlannedVisit]
    by: UUID


async def book_course(command: BookCourse, tx: Transaction) -> tuple[Course, list[Visit]]:
    """Check, keep, occupy and announce every visit: all or nothing.

    Raises UnknownProtocol (422), CourseRulesBroken, CourseSlotTaken (409), and what `admit_visit`
    raises.
    """
    protocol = protocols().get(command.protocol)
    if protocol is None:
        raise UnknownProtocol
    if broken := protocol.broken({one.step: one for one in command.visits}):
        raise CourseRulesBroken(broken)
    everybody = {who for one in command.visits for who in one.staff.values()}
    await practitioners.share_all(tx, everybody)  # in one order, before any of them one by one
    course_id = uuid7()
    booked: dict[str, Visit] = {}
    for planned in sorted(command.visits, key=lambda one: one.starts_at):
        visit = await admit_visit(_wanted(command, planned, course_id), tx)
        visits.add(tx, visit)  # the next one must know whether it follows a dose
        await tx.flush()
        booked[planned.step] = visit
    if lost := await occupy_slots(booked.values(), tx):
        raise CourseSlotTaken(sorted(step for step, one in booked.items() if one.id in lost))
    course = Course(
        id=course_id,
        patient_id=command.patient_id,
        protocol=protocol.code,
        protocol_version=protocol.version,
        booked_by=command.by,
        booked_at=tx.now,
        steps={step: visit.id for step, visit in booked.items()},
    )
    courses.add(tx, course)
    for visit in booked.values():
        await outbox.append(tx, publish.visit_booked(visit))
        await plan_reminders(visit, tx)
    return course, list(booked.values())


def _wanted(command: BookCourse, planned: PlannedVisit, course_id: UUID) -> AdmitVisit:
    kind = visit_types()[planned.visit_type]
    return AdmitVisit(
        visit_id=uuid7(),
        patient_id=command.patient_id,
        site_id=planned.site_id,
        room_id=planned.room_id,
        visit_type=kind.code,
        route=kind.route,
        starts_at=planned.starts_at,
        staff=planned.staff,
        equipment_ids=planned.equipment_ids,
        course_id=course_id,
    )
