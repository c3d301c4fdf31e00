"""A prescriber has decided whether a patient may be treated by one route."""

from enum import StrEnum
from uuid import UUID

from kairos_events.fields import Codes, Instant, Route, VersionTag
from kairos_events.model import PublicEvent


class EligibilityOutcome(StrEnum):
    """What a prescriber decides. Closed."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    DEFERRED = "deferred"


class EligibilityDecidedV1(
    PublicEvent, type="intake.eligibility_decided.v1", topic="intake.events", key="patient_id"
):
    """A prescriber has decided whether a patient may be treated by one route.

    Published when the decision is signed. For the record and for partners; whoever gates a dose
    goes by `intake.clearance_changed`, which takes consent into account.
    """

    decision_id: UUID
    """The decision."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    route: Route
    """The route decided on."""
    outcome: EligibilityOutcome
    """What was decided."""
    decided_by: UUID
    """The prescriber."""
    decided_at: Instant
    """When the decision was signed."""
    expires_at: Instant
    """From when on the decision no longer holds."""
    rule_set_version: VersionTag
    """The version of the rule set that was evaluated."""
    extra_monitoring: Codes
    """What has to be watched beyond the protocol: open codes."""
