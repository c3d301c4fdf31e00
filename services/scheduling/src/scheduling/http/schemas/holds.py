"""Held slots on the wire."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer
from kairos_events.fields import Instant
from pydantic import Field

from scheduling.domain.practitioner import Role
from scheduling.domain.slot_hold import HoldState, SlotHold
from scheduling.http.schemas.visits import VisitBody


class HoldBody(VisitBody):
    """The visit that is to be booked."""

    minutes: Annotated[int, Field(ge=1, le=240)] | None = Field(
        default=None, description="how long; null for the policy's default"
    )


class HoldView(Answer):
    """A slot that is kept."""

    id: UUID
    patient_id: UUID
    site_id: UUID
    room_id: UUID | None
    visit_type: str
    starts_at: Instant
    ends_at: Instant
    staff: dict[Role, UUID]
    state: HoldState
    expires_at: Instant

    @classmethod
    def of(cls, held: SlotHold) -> "HoldView":
        """The view of a hold."""
        return cls(
            id=held.id,
            patient_id=held.patient_id,
            site_id=held.site_id,
            room_id=held.room_id,
            visit_type=held.visit_type,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            staff=dict(held.staff),
            state=held.state,
            expires_at=held.expires_at,
        )
