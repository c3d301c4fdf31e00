"""Erase who a patient was, under every record of theirs."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox, patient_keys
from kairos_chassis.db import Transaction
from kairos_chassis.words import PURPOSE

from intake import publish
from intake.store import (
    clearances,
    contacts,
    identifiers,
    imports,
    merges,
    outside,
    override_proposals,
    patients,
    referrals,
    rights,
)
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePatient:
    """Nothing forbids it: who asks for it has seen to that."""

    patient_id: UUID
    request_id: UUID


async def erase_patient(command: ErasePatient, tx: Transaction) -> list[UUID]:
    """Take identity, contacts and words away, destroy the keys, end the clearance and tell the
    others, of the record and of those merged into it, all or nothing; coded facts stay without a
    person. Returns the records.

    Raises PatientNotFound (404).
    """
    records = await merges.records(tx, command.patient_id)
    locked = {one: await clearances.lock(tx, one) for one in sorted(records)}
    for one in records:
        await _erase(one, command.request_id, tx)
        await reconsider_clearance(locked[one], tx)
        await tx.flush()
    tx.about(command.patient_id)
    return records


async def _erase(patient_id: UUID, request_id: UUID, tx: Transaction) -> None:
    patient = await patients.find(tx, patient_id)
    await patients.save(tx, patient.erased(tx.now))
    contacts.erase(tx, patient_id)
    identifiers.erase(tx, patient_id)
    rights.erase_words(tx, patient_id)
    override_proposals.erase_words(tx, patient_id)
    await referrals.erase_words(tx, patient_id)
    imports.erase(tx, patient_id)
    outside.erase(tx, patient_id)
    await outbox.append(tx, publish.patient_erased(patient_id, request_id, tx.now))
    await tx.flush()
    await patient_keys.destroy(tx, patient_id)
    await patient_keys.bury(tx, patient_id, PURPOSE)
