"""A reading of a watched patient is out of range, or a reading is missing."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class AlertRaisedV1(
    PublicEvent,
    type="dosing.alert_raised.v1",
    topic="dosing.events",
    key="patient_id",
):
    """A reading of a watched patient is out of range, or a reading is missing.

    Published when the alert is raised; staff acknowledge it in dosing. Partners and dashboards
    follow it.
    """

    alert_id: UUID
    """The alert."""
    session_id: UUID
    """The dosing session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    code: Code
    """The rule that raised it: an open code, e.g. `bp_red`, `observation_overdue`."""
    severity: Code
    """How grave: an open code, e.g. `amber`, `red`, `emergency`."""
    raised_at: Instant
    """When it was raised."""
