"""A safety call after a first dose is due."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class SafetyCallDueV1(
    PublicEvent,
    type="integration.safety_call_due.v1",
    topic="integration.events",
    key="patient_id",
):
    """A safety call after a first dose is due.

    Published when the hour of the call has come. Reminders and read models act on it.
    """

    safety_call_id: UUID
    """The call."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    session_id: UUID
    """The dosing session it follows."""
    occasion: Code
    """Which call: an open code, e.g. `first_dose_24_hours`."""
    due_at: Instant
    """When it is due."""
