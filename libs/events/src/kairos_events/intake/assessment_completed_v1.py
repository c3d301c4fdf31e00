"""An assessment was completed and scored."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kairos_events.fields import Code, ExactDecimal, Instant, VersionTag
from kairos_events.model import EventModel, PublicEvent


class AssessmentScore(EventModel):
    """One number an assessment amounts to."""

    code: Code
    """What it counts: an open code; `total`, or the name of a subscale, e.g. `cluster_b`."""
    value: ExactDecimal
    """The number, in points of that scale."""


class AssessmentCompletedV1(
    PublicEvent, type="intake.assessment_completed.v1", topic="intake.events", key="patient_id"
):
    """An assessment was completed and scored.

    Published when intake has scored it, on the server, by the instrument's declared rule; what
    was answered stays in intake. Integration follows outcomes over time by it. A score entered
    anew is another assessment.
    """

    assessment_id: UUID
    """The assessment."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    instrument: Code
    """The rating scale: an open code, e.g. `phq9`."""
    instrument_version: VersionTag
    """The version of the instrument's definition."""
    algorithm_version: VersionTag
    """The version of the scoring rule."""
    scores: Annotated[tuple[AssessmentScore, ...], Field(max_length=32)]
    """The total first, where the scale has one; empty for a triage without a number."""
    band: Code | None
    """The named range the total falls into: an open code; null where none is published."""
    prorated: bool
    """Whether missing items were made up for by the instrument's declared rule."""
    recall_window_days: Annotated[int, Field(ge=0, le=3660)]
    """How far back the questions ask, in days; 0 asks about the present."""
    recall_overlaps_dose: bool
    """Whether a dose known to intake lies in that time, so that both sides of it are mixed."""
    completed_at: Instant
    """When it was completed."""
