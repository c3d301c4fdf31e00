"""Merge two records of one person."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.data.policy import policy
from intake.domain.merge import Merge
from intake.domain.policy import demand_reason
from intake.domain.record_errors import CannotMerge
from intake.store import clearances, merges, patients
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePatients:
    """Somebody has looked, and they are one person."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    merged_by: UUID
    reason: str  # a code of the network's policy


async def merge_patients(command: MergePatients, tx: Transaction) -> Merge:
    """Link the records, tell the others, and derive both clearances anew.

    Nothing moves: what either record holds counts for the survivor, and the merged one is cleared
    for nothing. Raises PatientNotFound (404), CannotMerge (409), UnknownReason (422).
    """
    demand_reason(command.reason, policy().merge_reasons)
    pair = (command.surviving_patient_id, command.merged_patient_id)
    if pair[0] == pair[1]:
        raise CannotMerge
    # In one order, so that two merges of the same records wait for each other.
    locked = {one: await clearances.lock(tx, one) for one in sorted(pair)}
    for one in pair:
        erased = (await patients.find(tx, one)).erased_at is not None
        if erased or await merges.merged(tx, one) is not None:
            raise CannotMerge
    if len(await merges.records(tx, command.merged_patient_id)) > 1:
        raise CannotMerge  # what was merged into it would be lost sight of
    made = Merge(
        id=uuid7(),
        surviving_patient_id=command.surviving_patient_id,
        merged_patient_id=command.merged_patient_id,
        reason=command.reason,
        merged_by=command.merged_by,
        merged_at=tx.now,
    )
    merges.add(tx, made)
    await outbox.append(tx, publish.patient_merged(made))
    for one in sorted(pair):
        await reconsider_clearance(locked[one], tx)
    return made
