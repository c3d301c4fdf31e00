"""Erase a patient whom a restored copy has brought back."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.store import identity
from intake.use_cases.erase_patient import ErasePatient, erase_patient


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseAgain:
    """The ledger of erasures names the patient: it was decided, and is not decided anew."""

    patient_id: UUID
    request_id: UUID


async def erase_again(command: EraseAgain, tx: Transaction) -> bool:
    """As the first time, under every record of the person. False for one erased, or not here."""
    row = await identity.lock(tx, command.patient_id)
    if row is None or row["erased_at"] is not None:
        return False
    again = ErasePatient(patient_id=command.patient_id, request_id=command.request_id)
    await erase_patient(again, tx)
    return True
