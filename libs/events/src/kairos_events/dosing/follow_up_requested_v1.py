"""Somebody has to call a patient after a session."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class FollowUpRequestedV1(
    PublicEvent,
    type="dosing.follow_up_requested.v1",
    topic="dosing.events",
    key="patient_id",
):
    """Somebody has to call a patient after a session.

    Published when a session ends with a follow-up owed: after a first dose, an early leaving or
    an adverse event. Integration makes a safety call of it.
    """

    follow_up_id: UUID
    """The follow-up."""
    session_id: UUID
    """The dosing session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    kind: Code
    """Why: an open code, e.g. `safety_call_24_h`, `safety_call_7_d`, `left_against_advice`,
    `adverse_event`."""
    due_at: Instant
    """By when."""
    requested_at: Instant
    """When it was requested."""
