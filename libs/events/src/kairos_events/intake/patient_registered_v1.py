"""A patient is known to the network."""

from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class PatientRegisteredV1(
    PublicEvent, type="intake.patient_registered.v1", topic="intake.events", key="patient_id"
):
    """A patient is known to the network.

    Published once, when intake registers the patient. The other services open what they keep per
    patient; who the patient is stays in intake.
    """

    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    registered_at: Instant
    """When the patient was registered."""
