"""A breach of the integration deadline is resolved."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class IntegrationBreachClosedV1(
    PublicEvent,
    type="scheduling.integration_breach_closed.v1",
    topic="scheduling.events",
    key="patient_id",
):
    """A breach of the integration deadline is resolved.

    Published when the visit took place after all, or somebody closed it for a reason.
    """

    breach_id: UUID
    """The breach."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    session_id: UUID
    """The dosing session it follows."""
    resolution: Code
    """How: an open code, e.g. `visit_took_place`, `patient_declined`."""
    visit_id: UUID | None
    """The visit that settled it; null where none did."""
    closed_at: Instant
    """When it was closed."""
