"""Change how a patient is reached and addressed."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from intake.domain.patient import Patient
from intake.store import patients


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePatient:
    """Other contact data; None for the language keeps it."""

    patient_id: UUID
    version: int  # as the caller has read it
    change_phone: bool
    phone: str | None
    preferred_language: str | None  # BCP 47


async def update_patient(command: UpdatePatient, tx: Transaction) -> Patient:
    """Keep the change. Nothing is announced: contact data stay in intake.

    Raises PatientNotFound (404), StaleVersion (412).
    """
    patient = await patients.find(tx, command.patient_id)
    if patient.version != command.version:
        raise StaleVersion
    changed = patient.changed(
        phone=command.phone if command.change_phone else patient.phone,
        preferred_language=command.preferred_language or patient.preferred_language,
    )
    patients.save(tx, changed)
    return changed
