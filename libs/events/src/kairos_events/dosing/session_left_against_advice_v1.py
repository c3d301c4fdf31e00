"""A patient left before it was safe, against advice."""

from uuid import UUID

from kairos_events.fields import Codes, Instant, Route
from kairos_events.model import PublicEvent


class SessionLeftAgainstAdviceV1(
    PublicEvent,
    type="dosing.session_left_against_advice.v1",
    topic="dosing.events",
    key="patient_id",
):
    """A patient left before it was safe, against advice.

    Published when the leaving is charted, instead of a discharge. Integration opens an episode
    from it and calls the same day; intake lets consents be signed again once the patient is no
    longer dosed.
    """

    session_id: UUID
    """The dosing session."""
    visit_id: UUID
    """The visit in scheduling."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    site_id: UUID
    """The clinic location."""
    route: Route
    """How ketamine was given."""
    unmet_criteria: Codes
    """The criteria for discharge that did not hold: open codes, e.g. `minimum_watch`."""
    first_dose_at: Instant
    """When the first dose of the session was given."""
    last_dose_at: Instant
    """When the last dose of the session was given."""
    left_at: Instant
    """When the patient left."""
