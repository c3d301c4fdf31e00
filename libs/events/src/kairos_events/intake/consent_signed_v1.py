"""A patient has signed a version of a consent document."""

from uuid import UUID

from kairos_events.fields import Codes, Instant, Sha256, VersionTag
from kairos_events.model import PublicEvent


class ConsentSignedV1(
    PublicEvent, type="intake.consent_signed.v1", topic="intake.events", key="patient_id"
):
    """A patient has signed a version of a consent document.

    Published when the signature is stored. For the record and for partners; dosing goes by
    `intake.clearance_changed`.
    """

    consent_id: UUID
    """The signed consent."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    document_version: VersionTag
    """The version of the document that was shown."""
    text_sha256: Sha256
    """Digest of the exact text shown."""
    scopes: Codes
    """What was agreed to: open codes, e.g. `treatment_im`, `touch`."""
    signed_at: Instant
    """When it was signed."""
    expires_at: Instant
    """From when on the consent no longer holds."""
