"""Integration was not done in time."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kairos_events.fields import Instant, Route
from kairos_events.model import PublicEvent

Misses = Annotated[int, Field(ge=1, le=999)]


class IntegrationMissedV1(
    PublicEvent,
    type="integration.integration_missed.v1",
    topic="integration.events",
    key="patient_id",
):
    """Integration was not done in time.

    Published when the deadline passes with the episode open, and again when the second chance
    passes too. From the second miss in a row on, intake sends the patient to review before the
    next dose.
    """

    episode_id: UUID
    """The integration episode."""
    session_id: UUID
    """The dosing session it follows."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    route: Route
    """How ketamine was given in that session."""
    consecutive_misses: Misses
    """Misses of this patient since integration was last completed, this one included."""
    due_at: Instant
    """By when it was due."""
    missed_at: Instant
    """When the miss was noted."""
