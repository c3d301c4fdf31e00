"""A visit in the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from scheduling.domain.change_errors import NotMissingYet, VisitEnded, VisitNotBegun, VisitNotHeld
from scheduling.domain.clearance import Clearance
from scheduling.domain.errors import VisitNotOpen
from scheduling.domain.opening import Span
from scheduling.domain.practitioner import Role

CLEARANCE_LOST = "clearance_lost"


class VisitState(StrEnum):
    """Where a visit stands."""

    BOOKED = "booked"
    HELD = "held"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"


TO_COME = frozenset({VisitState.BOOKED, VisitState.HELD})


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
    equipment_ids: tuple[UUID, ...] = ()
    one_to_one: bool = False  # the monitor watches nobody else meanwhile
    course_id: UUID | None = None
    ended_reason: str | None = None
    ended_at: datetime | None = None

    @property
    def span(self) -> Span:
        """When it takes place."""
        return Span(self.starts_at, self.ends_at)

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

    @property
    def is_kept(self) -> bool:
        """Whether it is to come, under way, or took place."""
        return self.state not in (VisitState.CANCELLED, VisitState.MISSED)

    def check_open(self) -> None:
        """Raises VisitNotOpen, VisitEnded for a visit that is no longer to come."""
        if self.state is VisitState.CHECKED_IN:
            raise VisitNotOpen
        if self.state not in TO_COME:
            raise VisitEnded(self.state.value)

    def hold(self, reason: str) -> "Visit":
        """The visit, not to take place as it stands. Raises VisitNotOpen, VisitEnded."""
        self.check_open()
        return self._moved(VisitState.HELD, reason)

    def check_held(self) -> None:
        """Raises VisitNotHeld."""
        if self.state is not VisitState.HELD:
            raise VisitNotHeld

    def hold_if_open(self, reason: str) -> "Visit":
        """The visit on hold; itself where it is on hold for another reason already."""
        held = self.state is VisitState.HELD
        return self if held else replace(self, state=VisitState.HELD, held_reason=reason)

    def watched_alone(self) -> "Visit":
        """The visit, with a monitor who watches nobody else."""
        return replace(self, one_to_one=True, version=self.version + 1)

    def move(self, admitted: "Visit") -> "Visit":
        """The visit as it was admitted anew. Raises VisitNotOpen, VisitEnded."""
        self.check_open()
        return replace(
            admitted,
            booked_at=self.booked_at,
            course_id=self.course_id,
            version=self.version + 1,
        )

    def for_patient(self, patient_id: UUID, *, visit_id: UUID, one_to_one: bool) -> "Visit":
        """A visit of somebody else in the same slot, not yet booked."""
        return replace(
            self,
            id=visit_id,
            patient_id=patient_id,
            one_to_one=one_to_one,
            course_id=None,
            state=VisitState.BOOKED,
            held_reason=None,
            ended_reason=None,
            ended_at=None,
            version=1,
        )

    def cancel(self, reason: str, *, at: datetime) -> "Visit":
        """The visit, called off. Raises VisitNotOpen, VisitEnded."""
        self.check_open()
        return self._ended(VisitState.CANCELLED, reason, at)

    def miss(self, *, at: datetime, missing_from: datetime) -> "Visit":
        """The visit to which nobody came. Raises VisitNotOpen, VisitEnded, NotMissingYet."""
        self.check_open()
        if at < missing_from:
            raise NotMissingYet
        return self._ended(VisitState.MISSED, "no_show", at)

    def complete(self, *, at: datetime) -> "Visit":
        """The visit, over. Raises VisitNotBegun, VisitEnded."""
        if self.state in TO_COME:
            raise VisitNotBegun
        if self.state is not VisitState.CHECKED_IN:
            raise VisitEnded(self.state.value)
        return self._ended(VisitState.COMPLETED, "took_place", at)

    def check_in(self) -> "Visit":
        """The visit, begun. Raises VisitNotOpen."""
        self.check_open()
        return self._moved(VisitState.CHECKED_IN)

    def _ended(self, state: VisitState, reason: str, at: datetime) -> "Visit":
        return replace(
            self,
            state=state,
            held_reason=None,
            ended_reason=reason,
            ended_at=at,
            version=self.version + 1,
        )

    def _moved(self, state: VisitState, reason: str | None = None) -> "Visit":
        return replace(self, state=state, held_reason=reason, version=self.version + 1)
