"""Let a visit that was held take place again."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.visit import Visit
from scheduling.store import visits
from scheduling.use_cases.move_visit import MoveVisit, move_visit


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleVisit:
    """What kept it is no more."""

    visit_id: UUID
    version: int  # as the caller has read it
    by: UUID


async def settle_visit(command: SettleVisit, tx: Transaction) -> Visit:
    """Release it, once everything it needs holds where and when it is: the same checks as a move.

    Raises what `move_visit` raises, VisitNotHeld (409).
    """
    visit = await visits.find(tx, command.visit_id)
    visit.check_held()
    same = MoveVisit(
        visit_id=visit.id,
        version=command.version,
        site_id=visit.site_id,
        room_id=visit.room_id,
        starts_at=visit.starts_at,
        staff=visit.staff,
        equipment_ids=visit.equipment_ids,
        reason="other",
        by=command.by,
    )
    return await move_visit(same, tx)
