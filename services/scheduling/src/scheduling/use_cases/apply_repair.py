"""Move the visits of a course as a repair proposes, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.course_plan import PlannedVisit
from scheduling.domain.visit import Visit
from scheduling.store import courses, occupancy, practitioners, visits
from scheduling.use_cases.move_visit import MoveVisit, move_visit

REASON = "course_replanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRepair:
    """A repair that was chosen."""

    course_id: UUID
    visits: Sequence[PlannedVisit]
    by: UUID


async def apply_repair(command: ApplyRepair, tx: Transaction) -> list[Visit]:
    """Move what the plan moves; what stays is not touched.

    Raises CourseNotFound (404), and what `move_visit` raises.
    """
    course = await courses.find(tx, command.course_id)
    await practitioners.share_all(tx, {who for one in command.visits for who in one.staff.values()})
    changes: list[tuple[Visit, PlannedVisit]] = []
    for planned in command.visits:
        visit = await visits.lock_among(tx, course.steps[planned.step])
        if (visit.starts_at, visit.site_id) != (planned.starts_at, planned.site_id):
            visit.check_open()
            changes.append((visit, planned))
    for visit, _ in changes:  # first, so that two visits of a course may change places
        await occupancy.release(tx, visit.id)
    among = {course.steps[planned.step]: planned for planned in command.visits}
    moved = []
    for visit, planned in sorted(changes, key=lambda change: change[1].starts_at):
        move = MoveVisit(
            visit_id=visit.id,
            version=visit.version,
            site_id=planned.site_id,
            room_id=planned.room_id,
            starts_at=planned.starts_at,
            staff=planned.staff,
            equipment_ids=planned.equipment_ids,
            reason=REASON,
            by=command.by,
            among=among,
        )
        moved.append(await move_visit(move, tx))
    return moved
