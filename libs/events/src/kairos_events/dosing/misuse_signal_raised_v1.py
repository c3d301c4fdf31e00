"""Something about a patient's use of ketamine should be looked at by a person."""

from uuid import UUID

from kairos_events.fields import Code, Codes, Instant
from kairos_events.model import PublicEvent


class MisuseSignalRaisedV1(
    PublicEvent,
    type="dosing.misuse_signal_raised.v1",
    topic="dosing.events",
    key="patient_id",
):
    """Something about a patient's use of ketamine should be looked at by a person.

    Published when a rule or a clinician raises a signal: it accuses nobody, a person reviews it
    in dosing. Intake puts it before the prescriber at the next decision.
    """

    signal_id: UUID
    """The signal."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    code: Code
    """The rule: an open code, e.g. `frequency_rising`, `pdmp_concern`, `urinary_symptoms`."""
    reasons: Codes
    """What led to it: open codes."""
    raised_at: Instant
    """When it was raised."""
