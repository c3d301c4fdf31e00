"""Integration work after a dosing session is due."""

from uuid import UUID

from kairos_events.fields import Instant, Route
from kairos_events.model import PublicEvent


class EpisodeOpenedV1(
    PublicEvent, type="integration.episode_opened.v1", topic="integration.events", key="patient_id"
):
    """Integration work after a dosing session is due.

    Published when integration takes up a discharge. Scheduling and partners see by when a therapy
    session is owed.
    """

    episode_id: UUID
    """The integration episode."""
    session_id: UUID
    """The dosing session it follows."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    route: Route
    """How ketamine was given; it decides the deadline."""
    opened_at: Instant
    """When the episode was opened."""
    due_at: Instant
    """By when the first integration session is due."""
