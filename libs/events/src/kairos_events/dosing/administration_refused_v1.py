"""The gate refused to let a dose be given."""

from uuid import UUID

from kairos_events.fields import Codes, Instant
from kairos_events.model import PublicEvent


class AdministrationRefusedV1(
    PublicEvent, type="dosing.administration_refused.v1", topic="dosing.events", key="patient_id"
):
    """The gate refused to let a dose be given.

    Published with every refusal at the moment of administration. Operations and medical directors
    follow how often and why.
    """

    session_id: UUID
    """The dosing session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    rules: Codes
    """The rules that refused: open codes, e.g. `not_cleared`."""
    refused_at: Instant
    """When it was refused."""
