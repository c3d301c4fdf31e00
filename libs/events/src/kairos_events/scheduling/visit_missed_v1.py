"""The patient did not come to a visit."""

from uuid import UUID

from kairos_events.fields import Code, Instant, Route
from kairos_events.model import PublicEvent


class VisitMissedV1(
    PublicEvent, type="scheduling.visit_missed.v1", topic="scheduling.events", key="patient_id"
):
    """The patient did not come to a visit.

    Published when somebody records that nobody came. Integration follows up; a missed integration
    visit counts towards a breach.
    """

    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    visit_type: Code
    """What kind of visit: an open code, e.g. `dosing_im`."""
    route: Route | None
    """How ketamine is to be given; null for a visit without dosing."""
    starts_at: Instant
    """Planned start."""
    missed_at: Instant
    """When it was recorded."""
