"""A safety concern that nobody has taken up climbs to the next step."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kairos_events.fields import Code, Instant
from kairos_events.intake.safety_concern_raised_v1 import ConcernSeverity
from kairos_events.model import PublicEvent


class SafetyConcernEscalatedV1(
    PublicEvent, type="intake.safety_concern_escalated.v1", topic="intake.events", key="patient_id"
):
    """A safety concern that nobody has taken up climbs to the next step.

    Published when the time to acknowledge it ran out, once for every step of the network's
    policy. Whoever the step notifies is told now; the concern stays open until somebody
    acknowledges it.
    """

    concern_id: UUID
    """The safety concern."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    trigger: Code
    """What raised it: an open code."""
    severity: ConcernSeverity
    """How grave the trigger is by its rule."""
    step: Annotated[int, Field(ge=1, le=100)]
    """Which step this is; the first is 1."""
    notify: Code
    """Who is told now: an open code of the policy, e.g. `on_call_clinician`."""
    raised_at: Instant
    """When the concern was raised."""
    escalated_at: Instant
    """When it climbed to this step."""
