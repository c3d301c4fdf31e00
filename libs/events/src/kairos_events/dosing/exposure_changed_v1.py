"""What a patient has been given over time has changed."""

from uuid import UUID

from kairos_events.fields import Count, Instant, PositiveDecimal, Route, Version
from kairos_events.model import PublicEvent


class ExposureChangedV1(
    PublicEvent,
    type="dosing.exposure_changed.v1",
    topic="dosing.events",
    key="patient_id",
):
    """What a patient has been given over time has changed.

    Published with every dose. Intake and scheduling see by it how often and how much; the misuse
    watch counts by it.
    """

    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    exposure_version: Version
    """Grows by one with every change of this patient's exposure."""
    sessions_total: Count
    """Sessions in this network in which a dose was given."""
    sessions_last_30_days: Count
    """Those of them in the 30 days before the change."""
    cumulative_mg: PositiveDecimal
    """Milligrams of ketamine base given in this network, by all routes together."""
    last_route: Route
    """How the last dose was given."""
    last_dose_at: Instant
    """When the last dose was given."""
    changed_at: Instant
    """When the change was recorded."""
