"""Say how a commitment goes."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.domain.commitment import CommitmentCheck
from integration.store.commitments import checks, commitments


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCommitment:
    """So often done of so often planned, and how sure they are now."""

    commitment_id: UUID
    done: int
    planned: int
    confidence: int | None
    noted_by: UUID


async def check_commitment(command: CheckCommitment, tx: Transaction) -> CommitmentCheck:
    """Keep the check. Raises CommitmentNotFound (404), CommitmentEnded (409)."""
    found = await commitments.find(tx, command.commitment_id)
    found.check_active()
    check = CommitmentCheck(
        id=uuid7(),
        patient_id=found.patient_id,
        commitment_id=found.id,
        done=command.done,
        planned=command.planned,
        confidence=command.confidence,
        noted_by=command.noted_by,
        noted_at=tx.now,
    )
    checks.add(tx, check)
    return check
