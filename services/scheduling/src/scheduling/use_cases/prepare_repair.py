"""Gather what the solver needs to repair a course of which a visit cannot stay where it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import protocols, visit_types
from scheduling.domain.course import Candidate, Problem
from scheduling.domain.course_plan import PatientWishes
from scheduling.domain.local_time import local_of
from scheduling.domain.opening import Span
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import TO_COME, Visit
from scheduling.store import courses, sites, visits
from scheduling.store.courses import Course
from scheduling.use_cases.prepare_course import PrepareCourse, prepare_course


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareRepair:
    """A course, the visit that cannot stay, and when the patient cannot come either."""

    course_id: UUID
    visit_id: UUID
    site_ids: Sequence[UUID]
    unavailable: Sequence[Span] = ()


async def prepare_repair(command: PrepareRepair, tx: Transaction) -> tuple[Course, Problem]:
    """Every step with where it is and where else it could be; what has begun stays.

    Raises CourseNotFound (404).
    """
    course = await courses.find(tx, command.course_id)
    planned = {step: await visits.find(tx, one) for step, one in course.steps.items()}
    there = {step: visit for step, visit in planned.items() if visit.is_kept}
    first = min(visit.local_on for visit in there.values())
    asked = PrepareCourse(
        patient_id=course.patient_id,
        protocol=course.protocol,
        starts_on=first,
        site_ids=list(dict.fromkeys([*(v.site_id for v in there.values()), *command.site_ids])),
        wishes=PatientWishes(unavailable=command.unavailable),
        ignored=[visit.id for visit in there.values()],
    )
    problem = await prepare_course(asked, tx)
    protocol = replace(
        protocols()[course.protocol],
        steps=tuple(
            replace(step, rules=tuple(rule for rule in step.rules if rule.after in there))
            for step in problem.protocol.steps
            if step.code in there
        ),
    )
    candidates: dict[str, list[Candidate]] = {}
    for step, visit in there.items():
        now = await _current(visit, tx)
        if visit.state not in TO_COME or visit.starts_at <= tx.now:
            candidates[step] = [now]
            continue
        others = [one for one in problem.candidates[step] if not _same(one, visit)]
        stays = visit.id != command.visit_id and now.suits_patient
        stays = stays and not any(one.overlaps(visit.span) for one in command.unavailable)
        candidates[step] = [*([now] if stays else []), *others]
    return course, replace(problem, protocol=protocol, candidates=candidates)


def _same(one: Candidate, visit: Visit) -> bool:
    return one.starts_at == visit.starts_at and one.site_id == visit.site_id


async def _current(visit: Visit, tx: Transaction) -> Candidate:
    local = local_of(visit.starts_at, (await sites.find(tx, visit.site_id)).zone)
    team = {role.value: [who] for role, who in visit.staff.items()}
    if visit.room_id is not None:
        team["room"] = [visit.room_id]
    kinds = visit_types()[visit.visit_type].equipment
    team |= {kind: [piece] for kind, piece in zip(kinds, visit.equipment_ids, strict=True)}
    return Candidate(
        starts_at=visit.starts_at,
        local_on=visit.local_on,
        local_minute=local.hour * 60 + local.minute,
        site_id=visit.site_id,
        therapist=visit.staff[Role.THERAPIST],
        suits_patient=True,
        team=team,
        current=True,
    )
