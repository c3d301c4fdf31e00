"""Draft a consent: choose the document and the text that will be shown."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.domain.consent import Consent, digest
from intake.store import consents, patients
from intake.use_cases.document_in_force import document_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftConsent:
    """A document is going to be shown to a patient."""

    patient_id: UUID
    document: str
    language: str  # BCP 47


async def draft_consent(command: DraftConsent, tx: Transaction) -> Consent:
    """Keep the draft with the digest of its text. It allows nothing yet.

    Raises PatientNotFound, DocumentNotFound (404).
    """
    patient = await patients.find(tx, command.patient_id)
    document = await document_in_force(command.document, tx)
    draft = Consent(
        id=uuid7(),
        patient_id=command.patient_id,
        document=document.code,
        document_version=document.version,
        language=command.language,
        text_sha256=digest(document.text_in(command.language, patient.state)),
        law_state=patient.state,
        drafted_at=tx.now,
    )
    consents.add(tx, draft)
    return draft
