"""Self-service links and what a patient sees through one, as asked and answered."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from intake.domain.assessment import Assessment
from intake.domain.instrument import Instrument, Option
from intake.domain.patient import Patient
from intake.domain.self_service import Link

_FALLBACK = "en"


class LinkBody(Body):
    """Which questionnaires, and for how many hours; without them as the policy says."""

    instruments: Annotated[list[Code], Field(min_length=1, max_length=10)]
    valid_hours: Annotated[int, Field(ge=1, le=10_000)] | None = None


class LinkView(Answer):
    """A link. `assessments` are those begun, by instrument."""

    id: UUID
    patient_id: UUID
    instruments: list[str]
    assessments: dict[str, UUID]
    created_by: UUID
    created_at: Instant
    expires_at: Instant
    ended_at: Instant | None

    @classmethod
    def of(cls, link: Link) -> "LinkView":
        """The view of a link."""
        return cls(
            id=link.id,
            patient_id=link.patient_id,
            instruments=list(link.instruments),
            assessments=dict(link.assessments),
            created_by=link.created_by,
            created_at=link.created_at,
            expires_at=link.expires_at,
            ended_at=link.ended_at,
        )


class OpenedLink(Answer):
    """A link and its token, which is told this once."""

    link: LinkView
    token: str


class LinkList(Answer):
    """All links of a patient, by when they were made."""

    items: list[LinkView]


class AloneAnswerBody(Body):
    """The answer to one item."""

    item: Code
    value: Annotated[int, Field(ge=0, le=1000)]


class ShownOption(Answer):
    """An answer on offer, in the patient's language."""

    value: int
    text: str


class ShownItem(Answer):
    """A question in the patient's language, and what was answered so far."""

    code: str
    text: str
    options: list[ShownOption]
    answer: int | None


class Questionnaire(Answer):
    """What is to be filled in; `missing` are the items still to be answered."""

    instrument: str
    name: str
    stem: str | None
    items: list[ShownItem]
    missing: list[str]
    completed: bool
    licence_note: str

    @classmethod
    def of(cls, instrument: Instrument, begun: Assessment | None, language: str) -> "Questionnaire":
        """The questionnaire as far as it was filled in. Scores are told by a clinician."""
        answers = {} if begun is None else dict(begun.answers)
        done = begun is not None and begun.completed_at is not None
        return cls(
            instrument=instrument.code,
            name=instrument.name,
            stem=None if instrument.stem is None else _text(instrument.stem, language),
            items=[
                ShownItem(
                    code=item.code,
                    text=_text(item.text or {_FALLBACK: item.label}, language),
                    options=[_option(o, language) for o in instrument.options_of(item)],
                    answer=answers.get(item.code),
                )
                for item in instrument.items
            ],
            missing=[] if done else list(instrument.missing(answers)),
            completed=done,
            licence_note=instrument.licence_note,
        )


class SelfServiceView(Answer):
    """Everything the link opens, in the patient's language; its end in their time zone."""

    language: str
    zone: str
    expires_at: Instant
    expires_at_local: str
    questionnaires: list[Questionnaire]

    @classmethod
    def of(
        cls, link: Link, patient: Patient, questionnaires: list[Questionnaire]
    ) -> "SelfServiceView":
        """What a patient sees."""
        local = link.expires_at.astimezone(ZoneInfo(patient.zone))
        return cls(
            language=patient.preferred_language,
            zone=patient.zone,
            expires_at=link.expires_at,
            expires_at_local=local.isoformat(timespec="minutes"),
            questionnaires=questionnaires,
        )


class AnsweredAlone(Answer):
    """The answer is kept. `crisis` is what to show at once, where an answer asks for it."""

    instrument: str
    item: str
    missing: list[str]
    crisis: str | None


class CompletedAlone(Answer):
    """The questionnaire is completed; the link has ended with the last one."""

    instrument: str
    completed_at: Instant


def _option(option: Option, language: str) -> ShownOption:
    return ShownOption(value=option.value, text=_text(option.text, language))


def _text(texts: object, language: str) -> str:
    """In that language, else in the language without its region, else in English."""
    assert hasattr(texts, "get")
    plain = language.split("-")[0]
    return str(texts.get(language) or texts.get(plain) or texts.get(_FALLBACK))
