"""Instruments and assessments, as asked and answered."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field, StringConstraints

from intake.domain.assessment import Assessment
from intake.domain.concern import Concern
from intake.domain.instrument import Instrument, Item, Licence, Option

ScoreText = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$")]
"""A score: at most two decimals, as text."""


class OptionView(Answer):
    """An answer on offer."""

    value: int
    text: dict[str, str]

    @classmethod
    def of(cls, option: Option) -> "OptionView":
        """The view of an option."""
        return cls(value=option.value, text=dict(option.text))


class ItemView(Answer):
    """One question; its text only where the licence lets us ship it."""

    code: str
    loinc: str | None
    label: str
    text: dict[str, str] | None
    required: bool
    options: list[OptionView] | None = Field(description="null: those of the instrument")

    @classmethod
    def of(cls, item: Item) -> "ItemView":
        """The view of an item."""
        return cls(
            code=item.code,
            loinc=item.loinc,
            label=item.label,
            text=None if item.text is None else dict(item.text),
            required=item.required,
            options=[OptionView.of(o) for o in item.options] or None,
        )


class ScoreRuleView(Answer):
    """A score of the instrument and its range; the first is the total."""

    code: str
    lowest: int
    highest: int
    loinc: str | None


class InstrumentView(Answer):
    """One version of a rating scale."""

    code: str
    version: str
    name: str
    licence: Licence
    licence_note: str
    recall_window_days: int
    stem: dict[str, str] | None
    panel_loinc: str | None
    options: list[OptionView]
    items: list[ItemView]
    scores: list[ScoreRuleView]

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
            options=[OptionView.of(option) for option in instrument.options],
            items=[ItemView.of(item) for item in instrument.items],
            scores=[
                ScoreRuleView(code=s.code, lowest=s.lowest, highest=s.highest, loinc=s.loinc)
                for s in instrument.scores
            ],
        )


class InstrumentList(Answer):
    """The newest version of every instrument."""

    items: list[InstrumentView]


class StartAssessmentBody(Body):
    """Which instrument is asked."""

    instrument: Code


class AnswerBody(Body):
    """The answer to one item."""

    item: Code
    value: Annotated[int, Field(ge=0, le=1000)]


class ScoresBody(Body):
    """Totals read off a licensed form; decimals are text. `items` are the answers to the items
    about safety, which are asked for where the instrument has any."""

    instrument: Code
    scores: Annotated[dict[Code, ScoreText], Field(min_length=1, max_length=32)]
    items: Annotated[dict[Code, Annotated[int, Field(ge=0, le=1000)]], Field(max_length=32)] = (
        Field(default_factory=dict)
    )


class ScoreView(Answer):
    """One number; a decimal is text."""

    code: str
    value: str


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
    scores: list[ScoreView]
    prorated: bool
    recall_overlaps_dose: bool
    entered: bool
    rescores: UUID | None
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
            missing=[]
            if assessment.completed_at is not None
            else list(instrument.missing(assessment.answers)),
            completed_at=assessment.completed_at,
            score=None if result is None else result.score,
            band=None if result is None else result.band,
            algorithm_version=None if result is None else result.algorithm_version,
            scores=[
                ScoreView(code=score.code, value=str(score.value))
                for score in (() if result is None else result.scores)
            ],
            prorated=result is not None and result.prorated,
            recall_overlaps_dose=assessment.recall_overlaps_dose,
            entered=assessment.entered,
            rescores=assessment.rescores,
            version=assessment.version,
        )


class AssessmentList(Answer):
    """All assessments of a patient, by when they were started."""

    items: list[AssessmentView]


class Entered(Answer):
    """The totals are kept. `concerns` are what the safety items raised: act on them now."""

    assessment: AssessmentView
    concerns: list[UUID]


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
