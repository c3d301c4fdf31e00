"""A visit will not take place."""

from uuid import UUID

from kairos_events.fields import Code, Instant, Route
from kairos_events.model import PublicEvent


class VisitCancelledV1(
    PublicEvent, type="scheduling.visit_cancelled.v1", topic="scheduling.events", key="patient_id"
):
    """A visit will not take place.

    Published when it is cancelled; its slot is free again. Integration and partners take it out of
    their plans.
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
    reason: Code
    """Why: an open code, e.g. `patient_request`, `patient_ill`, `clinic_closed`."""
    late: bool
    """Whether it was cancelled later than the policy asks for."""
    cancelled_at: Instant
    """When it was cancelled."""
