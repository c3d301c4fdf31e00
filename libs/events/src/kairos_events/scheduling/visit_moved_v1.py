"""A visit takes place at another time, place or with other people."""

from uuid import UUID

from kairos_events.fields import Code, Instant, Route
from kairos_events.model import PublicEvent
from kairos_events.scheduling.staff_member import Staff


class VisitMovedV1(
    PublicEvent, type="scheduling.visit_moved.v1", topic="scheduling.events", key="patient_id"
):
    """A visit takes place at another time, place or with other people.

    Published with every change of a booked visit's time, site or staff; what it says replaces what
    was booked. Integration and partners follow it.
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
    was_starts_at: Instant
    """Planned start before the move."""
    starts_at: Instant
    """Planned start."""
    ends_at: Instant
    """Planned end."""
    staff: Staff
    """Who takes part, in which role."""
    reason: Code
    """Why: an open code, e.g. `patient_request`, `credential_lapsed`."""
    moved_at: Instant
    """When it was moved."""
