"""A slot that is kept for somebody who is about to book."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from scheduling.domain.change_errors import HoldOver
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit


class HoldState(StrEnum):
    """What became of a hold."""

    HELD = "held"
    BOOKED = "booked"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotHold:
    """Everything a visit needs, blocked until `expires_at`; then it is free by itself."""

    id: UUID
    patient_id: UUID
    site_id: UUID
    room_id: UUID | None
    equipment_ids: tuple[UUID, ...]
    visit_type: str
    starts_at: datetime
    ends_at: datetime
    staff: Mapping[Role, UUID]
    one_to_one: bool
    expires_at: datetime
    held_by: UUID
    held_at: datetime
    state: HoldState = HoldState.HELD

    @classmethod
    def of(cls, visit: Visit, *, by: UUID, at: datetime, minutes: int) -> "SlotHold":
        """A hold on what a visit would need; the visit will have its id."""
        return cls(
            id=visit.id,
            patient_id=visit.patient_id,
            site_id=visit.site_id,
            room_id=visit.room_id,
            equipment_ids=visit.equipment_ids,
            visit_type=visit.visit_type,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            staff=visit.staff,
            one_to_one=visit.one_to_one,
            expires_at=at + timedelta(minutes=minutes),
            held_by=by,
            held_at=at,
        )

    def end(self, state: HoldState, *, at: datetime) -> "SlotHold":
        """The hold, over. Raises HoldOver where it was already, or booked too late."""
        late = at >= self.expires_at and state is HoldState.BOOKED
        if self.state is not HoldState.HELD or late:
            raise HoldOver
        return replace(self, state=state)

    def give_up(self) -> "SlotHold":
        """The hold that came to nothing."""
        return replace(self, state=HoldState.RELEASED)
