"""A dosing session ended without a dose."""

from uuid import UUID

from kairos_events.fields import Code, Instant, Route
from kairos_events.model import PublicEvent


class SessionAbortedV1(
    PublicEvent,
    type="dosing.session_aborted.v1",
    topic="dosing.events",
    key="patient_id",
    beside="dosing.session_aborted.v2",
):
    """A dosing session ended without a dose.

    Published when a clinician calls the session off before anything was given. Intake lets the
    patient sign consents again; no integration is owed.
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
    """How ketamine was to be given."""
    reason: Code
    """Why it was called off, from dosing's policy. Open: expect new ones."""
    aborted_at: Instant
    """When it was called off."""
