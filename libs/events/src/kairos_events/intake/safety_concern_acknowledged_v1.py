"""A clinician has taken up a safety concern."""

from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class SafetyConcernAcknowledgedV1(
    PublicEvent,
    type="intake.safety_concern_acknowledged.v1",
    topic="intake.events",
    key="patient_id",
):
    """A clinician has taken up a safety concern.

    Published when the acknowledgement is signed in intake. It says whether dosing stays blocked;
    dosing and scheduling take that value as the present one.
    """

    concern_id: UUID
    """The safety concern."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    acknowledged_by: UUID
    """The user who acknowledged it."""
    acknowledged_at: Instant
    """When it was acknowledged."""
    blocks_dosing: bool
    """Whether the concern still blocks dosing after this."""
