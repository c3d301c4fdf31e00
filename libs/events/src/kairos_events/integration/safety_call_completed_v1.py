"""A safety call after a first dose is settled."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class SafetyCallCompletedV1(
    PublicEvent,
    type="integration.safety_call_completed.v1",
    topic="integration.events",
    key="patient_id",
):
    """A safety call after a first dose is settled.

    Published when the patient was reached, or given up after tries that are on record. Partners
    and read models see that it was not forgotten.
    """

    safety_call_id: UUID
    """The call."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    occasion: Code
    """Which call: an open code, e.g. `first_dose_24_hours`."""
    outcome: Code
    """What came of it: an open code, e.g. `well`, `concern`, `not_reached`."""
    completed_at: Instant
    """When it was settled."""
