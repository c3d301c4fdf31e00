"""What a completed scale says about the course of the illness."""

from uuid import UUID

from kairos_events.fields import Code, Codes, ExactDecimal, Instant, VersionTag
from kairos_events.model import PublicEvent


class OutcomeRecordedV1(
    PublicEvent,
    type="integration.outcome_recorded.v1",
    topic="integration.events",
    key="patient_id",
):
    """What a completed scale says about the course of the illness.

    Published when integration has compared a completed assessment with the baseline. Intake
    reviews eligibility where the classes hold `deterioration`.
    """

    outcome_id: UUID
    """The comparison."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    assessment_id: UUID
    """The assessment in intake."""
    baseline_assessment_id: UUID | None
    """The assessment it is compared with; null for a baseline itself."""
    instrument: Code
    """Which scale: an open code of intake's instruments, e.g. `phq9`."""
    score: ExactDecimal
    """The total score, in points of the scale."""
    change_percent: ExactDecimal | None
    """Change from the baseline in percent, below zero for fewer symptoms; null without one."""
    classes: Codes
    """What it amounts to: open codes, e.g. `response`, `remission`, `reliable_improvement`,
    `deterioration`, `relapse`."""
    policy_version: VersionTag
    """The version of the thresholds it was judged by."""
    recorded_at: Instant
    """When it was compared."""
