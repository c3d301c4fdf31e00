"""No more drug is given in a session."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class AdministrationStoppedV1(
    PublicEvent,
    type="dosing.administration_stopped.v1",
    topic="dosing.events",
    key="patient_id",
):
    """No more drug is given in a session.

    Published when an infusion is stopped or the rest of a dose is called off: by staff, by an
    alert, by a recall, or because clearance was withdrawn. The patient stays watched.
    """

    session_id: UUID
    """The dosing session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    reason: Code
    """Why: an open code, e.g. `clearance_withdrawn`, `alert`, `lot_recalled`, `clinician`."""
    automatic: bool
    """Whether the platform stopped it; false where a person did."""
    stopped_at: Instant
    """When it was stopped."""
