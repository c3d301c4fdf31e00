"""The integration owed after a dosing session is settled."""

from enum import StrEnum
from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class EpisodeOutcome(StrEnum):
    """How an integration episode ends. Closed."""

    COMPLETED = "completed"
    MISSED = "missed"
    DECLINED = "declined"


class EpisodeClosedV1(
    PublicEvent, type="integration.episode_closed.v1", topic="integration.events", key="patient_id"
):
    """The integration owed after a dosing session is settled.

    Published when the episode is closed, by a session or without one. Partners and read models see
    what was missed.
    """

    episode_id: UUID
    """The integration episode."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    outcome: EpisodeOutcome
    """How it ended."""
    therapy_session_id: UUID | None
    """The session that completed it; null when none did."""
    closed_at: Instant
    """When it was closed."""
