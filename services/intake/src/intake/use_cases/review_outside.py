"""Keep that somebody has looked at what others have on file."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.data.policy import policy
from intake.domain.outside import OutsideRecord
from intake.domain.policy import demand_reason
from intake.store import outside


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOutside:
    """A clinician has read it."""

    record_id: UUID
    reviewed_by: UUID
    reason: str  # a code of the network's policy


async def review_outside(command: ReviewOutside, tx: Transaction) -> OutsideRecord:
    """Keep who has read it and what came of it. It clears nobody: what follows from it is recorded
    here, by the calls for that. Raises OutsideNotFound (404), OutsideReviewed (409),
    UnknownReason (422).
    """
    demand_reason(command.reason, policy().outside_review_reasons)
    record = await outside.lock(tx, command.record_id)
    reviewed = record.review(by=command.reviewed_by, at=tx.now, reason=command.reason)
    outside.save(tx, reviewed)
    return reviewed
