"""Who a patient was has been erased."""

from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class PatientErasedV1(
    PublicEvent, type="intake.patient_erased.v1", topic="intake.events", key="patient_id"
):
    """Who a patient was has been erased.

    Published when intake has erased identity, contact data and free text on the patient's
    request, after retention had run out and with no legal hold. The other services and partners
    erase what they keep in words about this id; coded clinical facts stay without a person.
    """

    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    request_id: UUID
    """The request it followed from."""
    erased_at: Instant
    """When it was erased."""
