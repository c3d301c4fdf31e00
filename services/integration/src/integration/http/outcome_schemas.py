"""What routes of measures, outcomes and cohorts take and answer."""

from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import ExactDecimal, Instant
from pydantic import Field

from integration.domain.cohort import Dimension
from integration.domain.measure import Measure, MeasureState


class MeasureView(Answer):
    """A rating scale that a patient shall fill in."""

    id: UUID
    patient_id: UUID
    instrument: str
    occasion: str
    due_at: Instant
    due: bool
    overdue: bool = Field(description="due and announced, and not filled in within policy's hours")
    state: MeasureState
    met_by: UUID | None = Field(
        description="the assessment in intake; for a check, the entry of the chart with its result"
    )
    version: int

    @classmethod
    def of(cls, measure: Measure, *, due: bool, overdue: bool) -> "MeasureView":
        """The view of a measure."""
        told = {"due", "overdue"}
        values = {n: getattr(measure, n) for n in cls.model_fields if n not in told}
        return cls(**values, due=due, overdue=overdue)


class CheckDoneBody(Body):
    """A laboratory or bedside check has been done."""

    charted_in: UUID = Field(description="the fact in intake that says what was found")


class MeasurePage(Answer):
    """Measures by due time."""

    items: list[MeasureView]
    next_cursor: str | None


class Point(Answer):
    """One completed scale, compared with the baseline."""

    assessment_id: UUID
    completed_at: Instant
    score: ExactDecimal
    change_percent: ExactDecimal | None
    reliable_change: ExactDecimal | None = Field(description="index after Jacobson & Truax 1991")
    classes: list[str]
    recall_overlaps_dose: bool = Field(description="its questions reach back across a dose")
    policy_version: str


class DoseMark(Answer):
    """When a dose was given."""

    administered_at: Instant
    route: str
    amount_mg: ExactDecimal


class Trend(Answer):
    """A patient's scores on one scale, the oldest first, and the doses between them."""

    instrument: str
    points: list[Point]
    doses: list[DoseMark]


class CellView(Answer):
    """One group; without figures where it is too small to be shown."""

    group: str
    patients: int | None
    mean_change_percent: ExactDecimal | None
    response_percent: ExactDecimal | None
    remission_percent: ExactDecimal | None
    deterioration_percent: ExactDecimal | None


class CohortView(Answer):
    """How groups fared in a quarter: each patient's last score of it against the baseline."""

    instrument: str
    by: Dimension
    quarter: str
    smallest_cell: int
    policy_version: str
    cells: list[CellView]
