"""A planned visit is on hold and must not take place as it stands."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class VisitHeldV1(
    PublicEvent, type="scheduling.visit_held.v1", topic="scheduling.events", key="patient_id"
):
    """A planned visit is on hold and must not take place as it stands.

    Published when scheduling holds a visit, e.g. after clearance was lost. People decide what
    becomes of the visit.
    """

    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    reason: Code
    """Why: an open code, e.g. `clearance_lost`."""
    held_at: Instant
    """When it was put on hold."""
