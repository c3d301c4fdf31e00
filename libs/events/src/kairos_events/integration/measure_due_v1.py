"""A rating scale is to be filled in."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class MeasureDueV1(
    PublicEvent, type="integration.measure_due.v1", topic="integration.events", key="patient_id"
):
    """A rating scale is to be filled in.

    Published when its time has come. Intake may send the patient a link to the instrument.
    """

    measure_id: UUID
    """The occasion on which the scale is due."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    instrument: Code
    """Which scale: an open code of intake's instruments, e.g. `phq9`."""
    occasion: Code
    """Why now: an open code, e.g. `week_4`."""
    due_at: Instant
    """When it is due."""
