"""A sign of danger was seen between the doses."""

from uuid import UUID

from kairos_events.fields import Code, Instant
from kairos_events.integration.severity import FlagSeverity
from kairos_events.model import PublicEvent


class RedFlagRaisedV1(
    PublicEvent, type="integration.red_flag_raised.v1", topic="integration.events", key="patient_id"
):
    """A sign of danger was seen between the doses.

    Published the moment it is stored. Intake raises a safety concern from it, which may block
    dosing; dosing sees it before the next dose. What was said or written stays in integration.
    """

    red_flag_id: UUID
    """The red flag."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    kind: Code
    """What was seen: an open code; `mania`, `psychosis`, `derealisation`, `craving`,
    `suicidality`."""
    severity: FlagSeverity
    """How grave it is."""
    origin: Code
    """Where it was seen: an open code, e.g. `therapist`, `safety_call`, `journal_screen`."""
    raised_at: Instant
    """When it was stored."""
