"""Leave a review of somebody who took part in a visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.plan_errors import ReviewNotYours
from scheduling.domain.visit import VisitState
from scheduling.store import directory, visits


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveReview:
    """What a patient says of a practitioner: stars and codes, no free text."""

    visit_id: UUID
    practitioner_id: UUID
    patient_id: UUID  # who says it
    rating: int
    codes: Sequence[str]


async def leave_review(command: LeaveReview, tx: Transaction) -> None:
    """Keep it: one for each visit and practitioner, by the patient whose visit it was.

    Raises VisitNotFound (404), ReviewNotYours (409).
    """
    visit = await visits.find(tx, command.visit_id)
    took_part = command.practitioner_id in visit.staff.values()
    theirs = visit.patient_id == command.patient_id
    if not (theirs and took_part and visit.state is VisitState.COMPLETED):
        raise ReviewNotYours
    directory.add_review(
        tx,
        visit.id,
        command.practitioner_id,
        command.patient_id,
        rating=command.rating,
        codes=list(command.codes),
    )
    await tx.flush()
