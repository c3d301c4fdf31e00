"""Sign a consent: bind the patient's agreement to the exact text they were shown."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from intake import publish
from intake.data.policy import policy
from intake.domain.consent import Consent, Signature
from intake.domain.errors import DocumentOutdated, PatientBeingDosed
from intake.store import clearances, consents, dosing_sessions
from intake.use_cases.document_in_force import document_in_force
from intake.use_cases.document_shown import document_shown
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class SignConsent:
    """The patient signs, before a clinician."""

    consent_id: UUID
    version: int  # as the caller has read it
    signature: Signature


async def sign_consent(command: SignConsent, tx: Transaction) -> Consent:
    """Put the consent in force in place of an earlier one, and announce it, all or nothing.

    Raises ConsentNotFound (404), StaleVersion (412), ConsentNotDraft, OtherTextShown,
    DocumentOutdated, PatientBeingDosed, ElementsNotAcknowledged, ComprehensionTooLow,
    CapacityNotAttested, WitnessMissing, WitnessNotIndependent (409), ScopeNotOffered,
    ImpossibleComprehension (422).
    """
    patient_id = (await consents.find(tx, command.consent_id)).patient_id
    clearance = await clearances.lock(tx, patient_id)
    draft = await consents.lock(tx, command.consent_id)
    if draft.version != command.version:
        raise StaleVersion
    shown = await document_shown(draft.document_version, tx)
    signed = draft.sign(
        command.signature,
        shown.comprehended(command.signature.answers),
        at=tx.now,
        expires_at=policy().consent_ends(tx.now),
    )
    document = await document_in_force(draft.document, tx)
    if document.version != draft.document_version:
        raise DocumentOutdated
    if await dosing_sessions.is_open(tx, patient_id):
        raise PatientBeingDosed
    command.signature.check(document, policy().comprehension_percent, draft.law_state)
    if (earlier := await consents.lock_active(tx, patient_id, draft.document)) is not None:
        consents.save(tx, earlier.supersede())
        await tx.flush()
    consents.save(tx, signed)
    await outbox.append(tx, publish.consent_signed(signed))
    await reconsider_clearance(clearance, tx)
    return signed
