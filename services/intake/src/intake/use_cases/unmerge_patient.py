"""Part two records that belong to two people after all."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from intake import publish
from intake.data.policy import policy
from intake.domain.merge import Merge
from intake.domain.policy import demand_reason
from intake.store import clearances, merges
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergePatient:
    """Somebody has looked again."""

    merged_patient_id: UUID
    unmerged_by: UUID
    reason: str  # a code of the network's policy


async def unmerge_patient(command: UnmergePatient, tx: Transaction) -> Merge:
    """Part the records, tell the others, and derive both clearances anew; history stays.

    Raises PatientNotFound (404), NotMerged (409), UnknownReason (422).
    """
    demand_reason(command.reason, policy().unmerge_reasons)
    await clearances.find(tx, command.merged_patient_id)
    merge = await merges.find(tx, command.merged_patient_id)
    pair = sorted((merge.surviving_patient_id, merge.merged_patient_id))
    locked = {one: await clearances.lock(tx, one) for one in pair}
    parted = merge.part(by=command.unmerged_by, at=tx.now, reason=command.reason)
    merges.part(tx, parted)
    await outbox.append(tx, publish.patient_unmerged(parted))
    for one in pair:
        await reconsider_clearance(locked[one], tx)
    return parted
