"""A commitment has been kept, or let go."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.commitment import Commitment, CommitmentState
from integration.store.commitments import commitments


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCommitment:
    """It is part of life now, or no longer wanted."""

    commitment_id: UUID
    state: CommitmentState
    version: int  # as the caller has read it


async def end_commitment(command: EndCommitment, tx: Transaction) -> Commitment:
    """End the commitment and its reminders.

    Raises CommitmentNotFound (404), StaleVersion (412), CommitmentEnded (409).
    """
    ended = (await commitments.seen(tx, command.commitment_id, command.version)).end(command.state)
    commitments.save(tx, ended)
    return ended
