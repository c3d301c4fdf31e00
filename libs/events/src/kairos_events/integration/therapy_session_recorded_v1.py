"""A therapy session took place."""

from enum import StrEnum
from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class TherapySessionKind(StrEnum):
    """What a therapy session is for. Closed."""

    PREPARATION = "preparation"
    DOSING_SUPPORT = "dosing_support"
    INTEGRATION = "integration"
    GROUP = "group"


class TherapySessionRecordedV1(
    PublicEvent,
    type="integration.therapy_session_recorded.v1",
    topic="integration.events",
    key="patient_id",
):
    """A therapy session took place.

    Published when the therapist records it; what was said stays in integration. Partners and read
    models count sessions by it.
    """

    therapy_session_id: UUID
    """The therapy session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    episode_id: UUID | None
    """The episode it belongs to; null when it follows no dose."""
    kind: TherapySessionKind
    """What it was for."""
    practitioner_id: UUID
    """The therapist."""
    started_at: Instant
    """When it began."""
    ended_at: Instant
    """When it ended."""
