"""A visit in the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from scheduling.domain.clearance import Clearance
from scheduling.domain.errors import VisitNotOpen
from scheduling.domain.practitioner import Role

CLEARANCE_LOST = "clearance_lost"


class VisitState(StrEnum):
    """Where a visit stands."""

    BOOKED = "booked"
    HELD = "held"
    CHECKED_IN = "checked_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A patient, a time, a place and the people who take part."""

    id: UUID
    patient_id: UUID
    site_id: UUID
    room_id: UUID | None
    visit_type: str
    visit_type_version: str
    route: str | None
    starts_at: datetime
    ends_at: datetime
    local_on: date  # the calendar day at the site
    staff: Mapping[Role, UUID]
    booked_at: datetime
    state: VisitState = VisitState.BOOKED
    held_reason: str | None = None
    version: int = 1

    def follow(self, clearance: Clearance, *, now: datetime) -> "Visit":
        """The visit after a change of clearance: held, released, or itself.

        Only dosing visits that are still to come follow it; a hold keeps the slot.
        """
        if self.route is None or self.ends_at <= now:
            return self
        cleared = not clearance.refusals(self.route, at=max(now, self.starts_at))
        if self.state is VisitState.BOOKED and not cleared:
            return self._moved(VisitState.HELD, CLEARANCE_LOST)
        lost = self.state is VisitState.HELD and self.held_reason == CLEARANCE_LOST
        return self._moved(VisitState.BOOKED) if lost and cleared else self

    def check_open(self) -> None:
        """Raises VisitNotOpen for a visit whose patient is in already."""
        if self.state is VisitState.CHECKED_IN:
            raise VisitNotOpen

    def check_in(self) -> "Visit":
        """The visit, begun. Raises VisitNotOpen."""
        self.check_open()
        return self._moved(VisitState.CHECKED_IN)

    def _moved(self, state: VisitState, reason: str | None = None) -> "Visit":
        return replace(self, state=state, held_reason=reason, version=self.version + 1)
