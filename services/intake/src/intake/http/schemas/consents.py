"""Consents, as asked and answered."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant, Sha256
from pydantic import Field

from intake.domain.comprehension import Question
from intake.domain.consent import Consent, ConsentState, Document
from intake.http.schemas.texts import Language

Codes = Annotated[list[Code], Field(max_length=64)]


class DraftConsentBody(Body):
    """Which document is going to be shown."""

    document: Code
    language: Language


class ComprehensionBody(Body):
    """What the patient answered: the option chosen, by question. It is scored by the server."""

    answers: Annotated[dict[Code, Code], Field(max_length=100)]


class SignatureBody(Body):
    """What is attested when the patient signs."""

    text_sha256: Sha256 = Field(description="digest of the text the patient was shown")
    scopes: Codes
    elements: Codes = Field(description="the elements gone through together")
    comprehension: ComprehensionBody
    capacity_attested: bool = Field(
        description="the caller assessed capacity, the patient being sober"
    )
    independent_witness: UUID | None = Field(
        default=None, description="who saw it beside the caller, where that is asked for"
    )


class RevocationBody(Body):
    """Why, from the network's policy; the patient need not explain."""

    reason: Code


class NarrowingBody(Body):
    """The scopes the patient takes back."""

    scopes: Annotated[list[Code], Field(min_length=1, max_length=64)]


class ReaffirmationBody(Body):
    """The visit the patient is about to begin."""

    visit_id: UUID


class ConsentView(Answer):
    """A consent. `state` is expired from `expires_at` on."""

    id: UUID
    patient_id: UUID
    document: str
    document_version: str
    language: str
    text_sha256: str
    state: Literal["draft", "active", "revoked", "superseded", "expired"]
    scopes: list[str]
    drafted_at: Instant
    signed_at: Instant | None
    witnessed_by: UUID | None
    questions_asked: int | None
    questions_correct: int | None
    expires_at: Instant | None
    revoked_at: Instant | None
    revocation_reason: str | None
    law_state: str | None
    independent_witness: UUID | None
    signature_sha256: str | None
    narrowed_at: Instant | None
    version: int

    @classmethod
    def of(cls, consent: Consent, now: Instant) -> "ConsentView":
        """The view of a consent at that instant."""
        ended = consent.expires_at is not None and consent.expires_at <= now
        expired = ended and consent.state is ConsentState.ACTIVE
        return cls(
            id=consent.id,
            patient_id=consent.patient_id,
            document=consent.document,
            document_version=consent.document_version,
            language=consent.language,
            text_sha256=consent.text_sha256,
            state="expired" if expired else consent.state.value,
            scopes=list(consent.scopes),
            drafted_at=consent.drafted_at,
            signed_at=consent.signed_at,
            witnessed_by=consent.witnessed_by,
            questions_asked=consent.questions_asked,
            questions_correct=consent.questions_correct,
            expires_at=consent.expires_at,
            revoked_at=consent.revoked_at,
            revocation_reason=consent.revocation_reason,
            law_state=consent.law_state,
            independent_witness=consent.independent_witness,
            signature_sha256=consent.signature_sha256,
            narrowed_at=consent.narrowed_at,
            version=consent.version,
        )


class ConsentList(Answer):
    """All consents of a patient, in the order they were drafted."""

    items: list[ConsentView]


class ElementView(Answer):
    """One thing to go through with the patient."""

    code: str
    title: str


class ChoiceView(Answer):
    """One answer on offer."""

    code: str
    text: str


class QuestionView(Answer):
    """A question of the comprehension check; which answer is right is not told."""

    code: str
    text: str
    options: list[ChoiceView]

    @classmethod
    def of(cls, question: Question, language: str) -> "QuestionView":
        """The question in a language."""
        options = [ChoiceView(code=o.code, text=o.text[language]) for o in question.options]
        return cls(code=question.code, text=question.text[language], options=options)


class ConsentTextView(Answer):
    """What is shown to the patient, word for word, and what may be signed for."""

    consent_id: UUID
    text: str
    text_sha256: str
    elements: list[ElementView]
    scopes_offered: list[str]
    questions: int
    comprehension: list[QuestionView]
    witness_required: bool

    @classmethod
    def of(cls, consent: Consent, document: Document) -> "ConsentTextView":
        """The text of a consent."""
        return cls(
            consent_id=consent.id,
            text=document.text_in(consent.language, consent.law_state),
            text_sha256=consent.text_sha256,
            elements=[
                ElementView(code=e.code, title=e.title[consent.language])
                for e in document.elements_in(consent.law_state)
            ],
            scopes_offered=list(document.scopes),
            questions=document.questions or len(document.comprehension),
            comprehension=[
                QuestionView.of(question, consent.language) for question in document.comprehension
            ],
            witness_required=document.wants_witness(consent.law_state),
        )
