"""The integration visit owed after a dose has not taken place in time."""

from uuid import UUID

from kairos_events.fields import Instant, Route
from kairos_events.model import PublicEvent


class IntegrationBreachOpenedV1(
    PublicEvent,
    type="scheduling.integration_breach_opened.v1",
    topic="scheduling.events",
    key="patient_id",
):
    """The integration visit owed after a dose has not taken place in time.

    Published when the route's deadline has passed without it. Its owner resolves it; integration
    and partners see what is overdue.
    """

    breach_id: UUID
    """The breach."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    session_id: UUID
    """The dosing session it follows."""
    dosing_visit_id: UUID
    """The dosing visit in scheduling."""
    site_id: UUID
    """The clinic location of the dose."""
    route: Route
    """How ketamine was given."""
    last_dose_at: Instant
    """When the last dose of the session was given."""
    due_at: Instant
    """When the integration visit had to be done."""
    owner_id: UUID | None
    """The practitioner who has to resolve it; null while nobody is named."""
    opened_at: Instant
    """When the breach was opened."""
