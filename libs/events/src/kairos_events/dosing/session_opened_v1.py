"""A dosing session has begun for a checked-in patient."""

from uuid import UUID

from kairos_events.fields import Instant, Route
from kairos_events.model import PublicEvent


class SessionOpenedV1(
    PublicEvent, type="dosing.session_opened.v1", topic="dosing.events", key="patient_id"
):
    """A dosing session has begun for a checked-in patient.

    Published when dosing opens the session; no drug has been given. For partners and read models.
    """

    session_id: UUID
    """The dosing session."""
    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    route: Route
    """How ketamine is to be given."""
    opened_at: Instant
    """When the session was opened."""
