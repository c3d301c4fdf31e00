"""Drug has begun to be given: an infusion runs, or a first device of several was used."""

from uuid import UUID

from kairos_events.fields import Code, Instant, PositiveDecimal, Route, Version
from kairos_events.model import PublicEvent


class AdministrationStartedV1(
    PublicEvent,
    type="dosing.administration_started.v1",
    topic="dosing.events",
    key="patient_id",
):
    """Drug has begun to be given: an infusion runs, or a first device of several was used.

    Published when the gate has let it begin; `dosing.dose_administered.v1` follows with what was
    given in all. Intake locks consents by it.
    """

    administration_id: UUID
    """The administration."""
    session_id: UUID
    """The dosing session."""
    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    route: Route
    """How ketamine is given."""
    product: Code
    """The product given: a code of the formulary."""
    planned_mg: PositiveDecimal
    """Milligrams of ketamine base that are to be given."""
    started_at: Instant
    """When it began."""
    clearance_version: Version
    """The version of the patient's clearance that this was begun under."""
