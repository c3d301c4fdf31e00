"""Two records turned out to be one person."""

from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class PatientMergedV1(
    PublicEvent, type="intake.patient_merged.v1", topic="intake.events", key="surviving_patient_id"
):
    """Two records turned out to be one person.

    Published when intake has linked them. From then on the merged id is another name of the
    surviving one: nothing new is begun under it, and what was recorded under either belongs to
    one person, e.g. intervals between doses and cumulative exposure. The merged record is cleared
    for nothing, which `intake.clearance_changed` says too.
    """

    surviving_patient_id: UUID
    """The patient whose record goes on."""
    merged_patient_id: UUID
    """The patient whose record ends, until it is unmerged."""
    merged_by: UUID
    """Who decided it."""
    merged_at: Instant
    """When they were linked."""
