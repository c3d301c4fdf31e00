"""A visit on hold may take place again."""

from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class VisitReleasedV1(
    PublicEvent, type="scheduling.visit_released.v1", topic="scheduling.events", key="patient_id"
):
    """A visit on hold may take place again.

    Published when scheduling releases the hold, e.g. after clearance was regained.
    """

    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    released_at: Instant
    """When the hold ended."""
