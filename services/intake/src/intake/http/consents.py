"""Consents over HTTP."""

from uuid import UUID

from kairos_chassis.http.documents import Document as PdfCopy
from kairos_chassis.http.route import Routes

from intake.domain.consent import Signature
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.consent_copy import pdf_of
from intake.http.schemas.consents import (
    ConsentList,
    ConsentTextView,
    ConsentView,
    DraftConsentBody,
    NarrowingBody,
    ReaffirmationBody,
    RevocationBody,
    SignatureBody,
)
from intake.store import clearances, consents
from intake.use_cases.document_shown import document_shown
from intake.use_cases.draft_consent import DraftConsent, draft_consent
from intake.use_cases.narrow_consent import NarrowConsent, narrow_consent
from intake.use_cases.reaffirm_consent import ReaffirmConsent, reaffirm_consent
from intake.use_cases.revoke_consent import RevokeConsent, revoke_consent
from intake.use_cases.sign_consent import SignConsent, sign_consent

routes = Routes("consents")


@routes.post("/v1/patients/{patient_id}/consents", policy=policies.TAKE_CONSENT)
async def post_consent(call: IntakeCall, patient_id: UUID, body: DraftConsentBody) -> ConsentView:
    """Draft a consent to the newest version of a document."""
    command = DraftConsent(patient_id=patient_id, document=body.document, language=body.language)
    async with call.transaction() as tx:
        draft = await draft_consent(command, tx)
        view = ConsentView.of(draft, tx.now)
        return call.answer(view, version=draft.version, location=f"/v1/consents/{draft.id}")


@routes.get("/v1/patients/{patient_id}/consents", policy=policies.READ_CONSENT)
async def list_consents(call: IntakeCall, patient_id: UUID) -> ConsentList:
    """All consents of a patient, in the order they were drafted."""
    async with call.transaction() as tx:
        await clearances.find(tx, patient_id)
        found = await consents.of_patient(tx, patient_id)
        return call.answer(ConsentList(items=[ConsentView.of(one, tx.now) for one in found]))


@routes.get("/v1/consents/{consent_id}", policy=policies.READ_CONSENT)
async def get_consent(call: IntakeCall, consent_id: UUID) -> ConsentView:
    """One consent."""
    async with call.transaction() as tx:
        consent = await consents.find(tx, consent_id)
        return call.answer(ConsentView.of(consent, tx.now), version=consent.version)


@routes.get("/v1/consents/{consent_id}/text", policy=policies.READ_CONSENT)
async def get_consent_text(call: IntakeCall, consent_id: UUID) -> ConsentTextView:
    """What is shown to the patient, word for word."""
    async with call.transaction() as tx:
        consent = await consents.find(tx, consent_id)
        document = await document_shown(consent.document_version, tx)
        return call.answer(ConsentTextView.of(consent, document), version=consent.version)


@routes.post(
    "/v1/consents/{consent_id}/signature", policy=policies.TAKE_CONSENT, status=200, if_match=True
)
async def post_signature(call: IntakeCall, consent_id: UUID, body: SignatureBody) -> ConsentView:
    """Sign a consent before a clinician, who is the caller."""
    command = SignConsent(
        consent_id=consent_id,
        version=call.if_match,
        signature=Signature(
            scopes=tuple(dict.fromkeys(body.scopes)),
            text_sha256=body.text_sha256,
            elements=tuple(body.elements),
            answers=body.comprehension.answers,
            capacity_attested=body.capacity_attested,
            witnessed_by=call.caller.subject,
            independent_witness=body.independent_witness,
        ),
    )
    async with call.transaction() as tx:
        signed = await sign_consent(command, tx)
        return call.answer(ConsentView.of(signed, tx.now), version=signed.version)


@routes.post("/v1/consents/{consent_id}/revocation", policy=policies.REVOKE_CONSENT, status=200)
async def post_revocation(call: IntakeCall, consent_id: UUID, body: RevocationBody) -> ConsentView:
    """Revoke a consent, effective at once. It asks for no ETag: a withdrawal waits for nothing."""
    command = RevokeConsent(
        consent_id=consent_id, revoked_by=call.caller.subject, reason=body.reason
    )
    async with call.transaction() as tx:
        revoked = await revoke_consent(command, tx)
        return call.answer(ConsentView.of(revoked, tx.now), version=revoked.version)


@routes.post("/v1/consents/{consent_id}/narrowing", policy=policies.REVOKE_CONSENT, status=200)
async def post_narrowing(call: IntakeCall, consent_id: UUID, body: NarrowingBody) -> ConsentView:
    """Withdraw some scopes, effective at once, also during a session; the rest stays in force."""
    command = NarrowConsent(consent_id=consent_id, scopes=body.scopes)
    async with call.transaction() as tx:
        narrowed = await narrow_consent(command, tx)
        return call.answer(ConsentView.of(narrowed, tx.now), version=narrowed.version)


@routes.post("/v1/consents/{consent_id}/reaffirmations", policy=policies.TAKE_CONSENT)
async def post_reaffirmation(
    call: IntakeCall, consent_id: UUID, body: ReaffirmationBody
) -> ConsentView:
    """Keep that the patient says again, before a visit, that the consent stands."""
    command = ReaffirmConsent(
        consent_id=consent_id, visit_id=body.visit_id, taken_by=call.caller.subject
    )
    async with call.transaction() as tx:
        consent = await reaffirm_consent(command, tx)
        return call.answer(ConsentView.of(consent, tx.now), version=consent.version)


@routes.document(
    "/v1/consents/{consent_id}/copy.pdf",
    policy=policies.READ_CONSENT,
    media_type="application/pdf",
)
async def get_consent_copy(call: IntakeCall, consent_id: UUID) -> PdfCopy:
    """The signed consent as a PDF, for the patient to take home."""
    async with call.transaction() as tx:
        consent = await consents.find(tx, consent_id)
        document = await document_shown(consent.document_version, tx)
        return call.document(pdf_of(consent, document), filename=f"{consent.document_version}.pdf")
