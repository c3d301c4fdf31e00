"""Consent: a document shown word for word, understood, and signed for named scopes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from intake.domain.comprehension import Answers, Comprehension, Question, comprehended
from intake.domain.consent_errors import (
    ConsentExpired,
    NothingNarrowed,
    WitnessMissing,
    WitnessNotIndependent,
)
from intake.domain.errors import (
    CapacityNotAttested,
    ConsentNotActive,
    ConsentNotDraft,
    DocumentNotFound,
    ElementsNotAcknowledged,
    OtherTextShown,
    ScopeNotOffered,
)


class ConsentState(StrEnum):
    """draft, then active, then revoked or superseded. Expiry is a matter of the clock."""

    DRAFT = "draft"
    ACTIVE = "active"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One thing the patient has to know, per language."""

    code: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    states: tuple[str, ...] = ()  # where the clause is shown; empty: everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a consent document. Its text is its elements in order, nothing else."""

    code: str
    number: int
    version: str  # its public name, `kap-consent-3`
    source: str
    scopes: tuple[str, ...]
    title: Mapping[str, str]
    preface: Mapping[str, str]
    elements: tuple[Element, ...]
    # Per language, and per language and state that has clauses of its own, `en-CA`: a version never
    # changes once it was shown.
    text_sha256: Mapping[str, str]
    questions: int = 0  # of a check that was scored by hand: versions 3 and 4, signed no more
    comprehension: tuple[Question, ...] = ()
    witness: bool = False  # somebody beside the clinician sees the signature
    witness_states: tuple[str, ...] = ()  # where the law asks for that

    def elements_in(self, state: str | None) -> tuple[Element, ...]:
        """What has to be gone through with a patient of that state."""
        return tuple(e for e in self.elements if not e.states or state in e.states)

    def wants_witness(self, state: str | None) -> bool:
        """Whether a witness beside the clinician is asked for."""
        return self.witness or state in self.witness_states

    @property
    def texts(self) -> tuple[tuple[str, str | None], ...]:
        """Every language, and every state with clauses of its own, that there is a text for."""
        states = sorted({state for element in self.elements for state in element.states})
        return tuple((lang, state) for lang in self.title for state in (None, *states))

    def comprehended(self, answers: Answers) -> Comprehension:
        """How the comprehension check went."""
        return comprehended(self.comprehension, answers)

    def text_in(self, language: str, state: str | None = None) -> str:
        """The exact text. Raises DocumentNotFound for a language it does not exist in."""
        if language not in self.title:
            raise DocumentNotFound
        sections = [
            f"{number}. {element.title[language]}\n{element.body[language]}"
            for number, element in enumerate(self.elements_in(state), start=1)
        ]
        return "\n\n".join([self.title[language], self.preface[language], *sections]) + "\n"


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What is attested when the patient signs."""

    scopes: tuple[str, ...]
    text_sha256: str  # of the text the patient was shown
    elements: tuple[str, ...]  # gone through together
    answers: Answers  # of the patient to the comprehension check
    capacity_attested: bool  # assessed sober, by who takes the signature
    witnessed_by: UUID  # the clinician who takes the signature
    independent_witness: UUID | None = None

    def check(
        self, document: Document, comprehension_percent: int, state: str | None = None
    ) -> None:
        """Raises ScopeNotOffered, ElementsNotAcknowledged, ImpossibleComprehension,
        ComprehensionTooLow, CapacityNotAttested, WitnessMissing, WitnessNotIndependent."""
        if not self.scopes or set(self.scopes) - set(document.scopes):
            raise ScopeNotOffered
        if missing := _missing(document.elements_in(state), self.elements):
            raise ElementsNotAcknowledged(missing)
        document.comprehended(self.answers).check(comprehension_percent)
        if not self.capacity_attested:
            raise CapacityNotAttested
        if self.independent_witness == self.witnessed_by:
            raise WitnessNotIndependent
        if self.independent_witness is None and document.wants_witness(state):
            raise WitnessMissing


def _missing(elements: Sequence[Element], acknowledged: Sequence[str]) -> tuple[str, ...]:
    return tuple(e.code for e in elements if e.code not in acknowledged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One patient's consent to one version of a document."""

    id: UUID
    patient_id: UUID
    document: str
    document_version: str
    language: str
    text_sha256: str
    drafted_at: datetime
    state: ConsentState = ConsentState.DRAFT
    scopes: tuple[str, ...] = ()
    signed_at: datetime | None = None
    witnessed_by: UUID | None = None
    questions_asked: int | None = None
    questions_correct: int | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: UUID | None = None
    revocation_reason: str | None = None
    law_state: str | None = None  # whose clauses were shown
    independent_witness: UUID | None = None
    signature_sha256: str | None = None  # of what was signed, by whom, before whom and when
    narrowed_at: datetime | None = None
    comprehension: Answers | None = None  # as the patient gave them
    version: int = 1

    def sign(
        self, signature: Signature, check: Comprehension, *, at: datetime, expires_at: datetime
    ) -> "Consent":
        """The consent, in force. Raises ConsentNotDraft, OtherTextShown."""
        if self.state is not ConsentState.DRAFT:
            raise ConsentNotDraft
        if signature.text_sha256 != self.text_sha256:
            raise OtherTextShown
        return replace(
            self,
            state=ConsentState.ACTIVE,
            scopes=signature.scopes,
            signed_at=at,
            witnessed_by=signature.witnessed_by,
            questions_asked=check.asked,
            questions_correct=check.correct,
            comprehension=dict(signature.answers),
            expires_at=expires_at,
            independent_witness=signature.independent_witness,
            signature_sha256=self._sealed(signature, check, at),
            version=self.version + 1,
        )

    def _sealed(self, signature: Signature, check: Comprehension, at: datetime) -> str:
        """One digest over everything the signature stands for: none of it changes unnoticed."""
        witness = signature.independent_witness
        lines = [
            f"consent {self.id}",
            f"patient {self.patient_id}",
            f"document {self.document_version}",
            f"text {self.text_sha256}",
            f"scopes {' '.join(signature.scopes)}",
            f"comprehension {check.correct}/{check.asked}",
            *(
                f"answer {question} {given}"
                for question, given in sorted(signature.answers.items())
            ),
            f"taken by {signature.witnessed_by}",
            f"witness {'-' if witness is None else witness}",
            f"signed at {at.isoformat()}",
        ]
        return digest("\n".join(lines))

    def narrow(self, withdrawn: Sequence[str], *, at: datetime) -> "Consent":
        """The consent without some scopes. Raises ConsentNotActive, NothingNarrowed."""
        if self.state is not ConsentState.ACTIVE:
            raise ConsentNotActive
        left = tuple(scope for scope in self.scopes if scope not in withdrawn)
        if not left or not withdrawn or set(withdrawn) - set(self.scopes):
            raise NothingNarrowed
        return replace(self, scopes=left, narrowed_at=at, version=self.version + 1)

    def check_reaffirmable(self, now: datetime) -> None:
        """Raises ConsentNotActive, ConsentExpired."""
        if self.state is not ConsentState.ACTIVE:
            raise ConsentNotActive
        if self.expires_at is None or self.expires_at <= now:
            raise ConsentExpired

    def supersede(self) -> "Consent":
        """The consent, replaced by a newer one."""
        return replace(self, state=ConsentState.SUPERSEDED, version=self.version + 1)

    def revoke(self, *, by: UUID, at: datetime, reason: str) -> "Consent":
        """The consent, withdrawn. Raises ConsentNotActive."""
        if self.state is not ConsentState.ACTIVE:
            raise ConsentNotActive
        return replace(
            self,
            state=ConsentState.REVOKED,
            revoked_at=at,
            revoked_by=by,
            revocation_reason=reason,
            version=self.version + 1,
        )
