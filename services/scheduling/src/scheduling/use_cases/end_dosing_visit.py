"""End a dosing visit, because dosing has ended its session."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.visit import VisitState
from scheduling.store import occupancy, visits
from scheduling.use_cases.complete_visit import CompleteVisit, complete_visit


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDosingVisit:
    """The session is discharged or aborted."""

    visit_id: UUID
    dosed: bool  # whether ketamine was given


async def end_dosing_visit(command: EndDosingVisit, tx: Transaction) -> None:
    """Complete a visit under way; one that is over, or unknown here, stays as it is.

    Without a dose it claims nothing any more, least of all the days until the next one: the patient
    may be dosed the same day elsewhere.
    """
    visit = await visits.find_if_known(tx, command.visit_id)
    if visit is not None and visit.state is VisitState.CHECKED_IN:
        await complete_visit(CompleteVisit(visit_id=visit.id, version=None, by=None), tx)
        if not command.dosed:
            await occupancy.release(tx, visit.id)
