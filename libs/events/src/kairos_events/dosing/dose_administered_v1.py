"""A dose was given and charted."""

from uuid import UUID

from kairos_events.fields import Code, Instant, PositiveDecimal, Route, Version
from kairos_events.model import PublicEvent


class DoseAdministeredV1(
    PublicEvent, type="dosing.dose_administered.v1", topic="dosing.events", key="patient_id"
):
    """A dose was given and charted.

    Published in the transaction that charts the dose and takes it from the ledger. Partners record
    it; intake, scheduling and misuse watch may count exposure by it.
    """

    dose_id: UUID
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
    amount_mg: PositiveDecimal
    """Milligrams of ketamine base (not salt) given."""
    administered_at: Instant
    """When it was given."""
    clearance_version: Version
    """The version of the patient's clearance that intake confirmed for this dose."""
    mg_per_kg: PositiveDecimal | None = None
    """The same per kilogram of the weight it was ordered by, to 0.001; null where none is known."""
