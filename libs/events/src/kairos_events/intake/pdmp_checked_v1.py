"""A prescription drug monitoring programme was asked about a patient."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class PdmpCheckedV1(
    PublicEvent, type="intake.pdmp_checked.v1", topic="intake.events", key="patient_id"
):
    """A prescription drug monitoring programme was asked about a patient.

    Published when a person has recorded what the query showed. Dosing raises a misuse signal where
    a concern was found. What the report says stays with the programme.
    """

    check_id: UUID
    """The record of the check."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    finding: Code
    """What the reviewer found: an open code, e.g. `clear`, `reviewed_concern`."""
    checked_at: Instant
    """When the programme was asked."""
