"""A dose was given although intake could not be asked."""

from uuid import UUID

from kairos_events.fields import Code, Count, Instant
from kairos_events.model import PublicEvent


class BreakGlassUsedV1(
    PublicEvent,
    type="dosing.break_glass_used.v1",
    topic="dosing.events",
    key="patient_id",
):
    """A dose was given although intake could not be asked.

    Published with the dose, when two clinicians break the glass against a clearance known to
    dosing. Medical directors review every one.
    """

    break_glass_id: UUID
    """The two clinicians' decision."""
    session_id: UUID
    """The dosing session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    reason: Code
    """Why: an open code, e.g. `intake_outage`."""
    projection_lag_seconds: Count
    """How old the known clearance was, in whole seconds."""
    used_at: Instant
    """When the dose was given by it."""
