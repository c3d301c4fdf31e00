"""The patient was discharged after every criterion held."""

from uuid import UUID

from kairos_events.fields import Instant, Route
from kairos_events.model import PublicEvent


class SessionDischargedV1(
    PublicEvent, type="dosing.session_discharged.v1", topic="dosing.events", key="patient_id"
):
    """The patient was discharged after every criterion held.

    Published when the discharge is signed. Integration opens an episode from it, due by the route's
    deadline after the last dose.
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
    """How ketamine was given."""
    first_dose_at: Instant
    """When the first dose of the session was given."""
    last_dose_at: Instant
    """When the last dose of the session was given."""
    discharged_at: Instant
    """When the patient was discharged."""
