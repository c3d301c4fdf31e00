"""A visit is in the calendar."""

from uuid import UUID

from kairos_events.fields import Code, Instant, Route
from kairos_events.model import PublicEvent
from kairos_events.scheduling.staff_member import Staff


class VisitBookedV1(
    PublicEvent, type="scheduling.visit_booked.v1", topic="scheduling.events", key="patient_id"
):
    """A visit is in the calendar.

    Published when the booking is stored. For partners and read models; a dosing session opens with
    `scheduling.visit_checked_in`.
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
    ends_at: Instant
    """Planned end."""
    staff: Staff
    """Who takes part, in which role."""
    booked_at: Instant
    """When it was booked."""
