"""A patient has withdrawn consent, wholly or for some scopes."""

from uuid import UUID

from kairos_events.fields import Codes, Instant
from kairos_events.model import PublicEvent


class ConsentRevokedV1(
    PublicEvent, type="intake.consent_revoked.v1", topic="intake.events", key="patient_id"
):
    """A patient has withdrawn consent, wholly or for some scopes.

    Published when the withdrawal is stored; it holds from that moment. Whoever acts on a scope
    stops; clearance changes follow as `intake.clearance_changed`.
    """

    consent_id: UUID
    """The consent that was withdrawn from."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    scopes: Codes
    """What is no longer agreed to: open codes."""
    revoked_at: Instant
    """When the withdrawal was stored."""
