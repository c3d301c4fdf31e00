"""The hour of a commitment's reminder has come."""

from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from integration.store.commitments import commitments
from integration.use_cases.make_commitment import REMINDER


async def remind_of_commitment(commitment_id: UUID, tx: Transaction) -> None:
    """Bring the commitment to mind, and again in a week, at the same time on the patient's wall.

    Raises CommitmentNotFound (404), CommitmentEnded (409).
    """
    reminded = (await commitments.lock(tx, commitment_id)).remind(tx.now)
    commitments.save(tx, reminded)
    if reminded.remind_at is not None:
        due = max(reminded.remind_at, tx.now)  # after a long standstill: once, not for every week
        timers.schedule(tx, REMINDER, commitment_id, due, patient_id=reminded.patient_id)
