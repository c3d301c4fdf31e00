"""Before a visit, a patient has said again that the consent stands."""

from uuid import UUID

from kairos_events.fields import Codes, Instant
from kairos_events.model import PublicEvent


class ConsentReaffirmedV1(
    PublicEvent, type="intake.consent_reaffirmed.v1", topic="intake.events", key="patient_id"
):
    """Before a visit, a patient has said again that the consent stands.

    Published when it is recorded, once for each visit. Scheduling lets the visit begin by it. It
    gives no new scope: what is in force is the consent itself.
    """

    consent_id: UUID
    """The consent reaffirmed."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    visit_id: UUID
    """The visit it was reaffirmed for."""
    scopes: Codes
    """The scopes in force at that moment: open codes."""
    reaffirmed_at: Instant
    """When the patient said so."""
