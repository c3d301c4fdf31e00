"""Whether a patient may be dosed has changed."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kairos_events.fields import Codes, Instant, Route, Version
from kairos_events.model import EventModel, PublicEvent


class RouteClearance(EventModel):
    """Whether one route is cleared, and why not if it is not."""

    route: Route
    """The route."""
    cleared: bool
    """Whether the patient may be dosed by this route."""
    reasons: Codes
    """Why it is not cleared: open codes; empty when cleared."""
    expires_at: Instant | None
    """From when on the clearance no longer holds; null when not cleared."""
    extra_monitoring: Codes
    """What has to be watched beyond the protocol: open codes."""


class ClearanceChangedV1(
    PublicEvent, type="intake.clearance_changed.v1", topic="intake.events", key="patient_id"
):
    """Whether a patient may be dosed has changed.

    Clearance is eligibility, consent and safety concerns taken together. Published whenever it
    changes for any route, with the state of every route. Scheduling books, holds and restores
    dosing visits by it; dosing refuses early by it and names its version when it administers.
    """

    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    clearance_version: Version
    """Grows by one with every change of this patient's clearance."""
    changed_at: Instant
    """When it changed."""
    routes: Annotated[tuple[RouteClearance, ...], Field(max_length=16)]
    """The state of every route after the change; a route not named is not cleared."""
