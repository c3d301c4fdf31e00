"""Two records that had been merged belong to two people after all."""

from uuid import UUID

from kairos_events.fields import Instant
from kairos_events.model import PublicEvent


class PatientUnmergedV1(
    PublicEvent,
    type="intake.patient_unmerged.v1",
    topic="intake.events",
    key="surviving_patient_id",
):
    """Two records that had been merged belong to two people after all.

    Published when intake has parted them. What was recorded under each id stays with that id;
    what was recorded in between, under the surviving one, is for a person to look through.
    """

    surviving_patient_id: UUID
    """The patient whose record had gone on."""
    merged_patient_id: UUID
    """The patient whose record is its own again."""
    unmerged_by: UUID
    """Who decided it."""
    unmerged_at: Instant
    """When they were parted."""
