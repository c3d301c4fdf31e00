"""The patient has arrived and passed the gates before the visit."""

from uuid import UUID

from kairos_events.fields import Code, Instant, Route, StateCode, ZoneName
from kairos_events.model import PublicEvent
from kairos_events.scheduling.staff_member import Staff


class VisitCheckedInV1(
    PublicEvent, type="scheduling.visit_checked_in.v1", topic="scheduling.events", key="patient_id"
):
    """The patient has arrived and passed the gates before the visit.

    Published at check-in. Dosing opens the session of a dosing visit from it.
    """

    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    site_state: StateCode
    """The state the site lies in; it decides which licences count."""
    site_zone: ZoneName
    """The site's time zone, for times shown to people."""
    visit_type: Code
    """What kind of visit: an open code."""
    route: Route | None
    """How ketamine is to be given; null for a visit without dosing."""
    starts_at: Instant
    """Planned start."""
    staff: Staff
    """Who takes part, in which role."""
    escort_confirmed: bool
    """Whether an escort for the way home is confirmed."""
    checked_in_at: Instant
    """When the patient was checked in."""
