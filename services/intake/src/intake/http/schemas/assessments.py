"""Instruments and assessments, as asked and answered."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from intake.domain.assessment import Assessment
from intake.domain.concern import Concern
from intake.domain.instrument import Instrument, Item, Licence


class OptionView(Answer):
    """An answer on offer."""

    value: int
    text: dict[str, str]


class ItemView(Answer):
    """One question; its text only where the licence lets us ship it."""

    code: str
    loinc: str | None
    label: str
    text: dict[str, str] | None

    @classmethod
    def of(cls, item: Item) -> "ItemView":
        """The view of an item."""
        text = None if item.text is None else dict(item.text)
        return cls(code=item.code, loinc=item.loinc, label=item.label, text=text)


class InstrumentView(Answer):
    """One version of a rating scale."""

    code: str
    version: str
    name: str
    licence: Licence
    licence_note: str
    recall_window_days: int
    stem: dict[str, str] | None
    panel_loinc: str
    options: list[OptionView]
    items: list[ItemView]

    @classmethod
    def of(cls, instrument: Instrument) -> "InstrumentView":
        """The view of an instrument."""
        return cls(
            code=instrument.code,
            version=instrument.version,
            name=instrument.name,
            licence=instrument.licence,
            licence_note=instrument.licence_note,
            recall_window_days=instrument.recall_window_days,
            stem=None if instrument.stem is None else dict(instrument.stem),
            panel_loinc=instrument.panel_loinc,
            options=[OptionView(value=o.value, text=dict(o.text)) for o in instrument.options],
            items=[ItemView.of(item) for item in instrument.items],
        )


class StartAssessmentBody(Body):
    """Which instrument is asked."""

    instrument: Code


class AnswerBody(Body):
    """The answer to one item."""

    item: Code
    value: Annotated[int, Field(ge=0, le=1000)]


class AssessmentView(Answer):
    """An assessment with its answers so far; `missing` says what is still to be asked."""

    id: UUID
    patient_id: UUID
    instrument: str
    instrument_version: str
    state: Literal["in_progress", "completed"]
    started_at: Instant
    answers: dict[str, int]
    missing: list[str]
    completed_at: Instant | None
    score: int | None
    band: str | None
    algorithm_version: str | None
    version: int

    @classmethod
    def of(cls, assessment: Assessment, instrument: Instrument) -> "AssessmentView":
        """The view of an assessment."""
        result = assessment.result
        return cls(
            id=assessment.id,
            patient_id=assessment.patient_id,
            instrument=assessment.instrument,
            instrument_version=assessment.instrument_version,
            state="in_progress" if assessment.completed_at is None else "completed",
            started_at=assessment.started_at,
            answers=dict(assessment.answers),
            missing=list(instrument.missing(assessment.answers)),
            completed_at=assessment.completed_at,
            score=None if result is None else result.score,
            band=None if result is None else result.band,
            algorithm_version=None if result is None else result.algorithm_version,
            version=assessment.version,
        )


class Answered(Answer):
    """The answer is kept. `concerns` are what it raised: act on them before the next question."""

    assessment_id: UUID
    item: str
    missing: list[str]
    concerns: list[UUID]
    version: int

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        instrument: Instrument,
        item: str,
        raised: tuple[Concern, ...],
    ) -> "Answered":
        """What an answer led to."""
        return cls(
            assessment_id=assessment.id,
            item=item,
            missing=list(instrument.missing(assessment.answers)),
            concerns=[concern.id for concern in raised],
            version=assessment.version,
        )
