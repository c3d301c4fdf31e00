"""A visit took place and is over."""

from uuid import UUID

from kairos_events.fields import Code, Instant, Route
from kairos_events.model import PublicEvent
from kairos_events.scheduling.staff_member import Staff


class VisitCompletedV1(
    PublicEvent, type="scheduling.visit_completed.v1", topic="scheduling.events", key="patient_id"
):
    """A visit took place and is over.

    Published when its end is recorded; for a dosing visit when dosing has discharged the patient.
    Partners and read models count visits by it.
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
    staff: Staff
    """Who took part, in which role."""
    completed_at: Instant
    """When it ended."""
