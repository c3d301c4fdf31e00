"""An answer or a report shows that the patient may be at risk."""

from enum import StrEnum
from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.model import PublicEvent


class ConcernSeverity(StrEnum):
    """How grave a safety concern is. Closed."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class SafetyConcernRaisedV1(
    PublicEvent, type="intake.safety_concern_raised.v1", topic="intake.events", key="patient_id"
):
    """An answer or a report shows that the patient may be at risk.

    Published the moment the trigger is stored, e.g. an answer to item 9 of the PHQ-9. Clinicians
    acknowledge it in intake; while it blocks dosing, scheduling does not check in and dosing does
    not administer.
    """

    concern_id: UUID
    """The safety concern."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    trigger: Code
    """What raised it: an open code, e.g. `phq9_item9`, `cssrs_high`."""
    severity: ConcernSeverity
    """How grave the trigger is by its rule."""
    blocks_dosing: bool
    """Whether no drug may be given until the concern is cleared."""
    raised_at: Instant
    """When the trigger was stored."""
