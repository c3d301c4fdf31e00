"""The dosing session as a state machine: illegal moves are impossible, every move is attributed."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from dosing.domain.errors import IllegalMove, SessionOver


class State(StrEnum):
    """Where a session stands."""

    CHECKED_IN = "checked_in"
    READY = "ready"  # ordered, and vital signs allow it
    DOSING = "dosing"  # drug is drawn for it
    MONITORING = "monitoring"  # a dose was given
    DISCHARGEABLE = "dischargeable"  # every clinical criterion holds
    DISCHARGED = "discharged"
    ABORTED = "aborted"  # ended before any dose
    TRANSFERRED = "transferred"  # handed to a hospital
    LEFT_AGAINST_ADVICE = "left_against_advice"


ALLOWED: Final = MappingProxyType(
    {
        State.CHECKED_IN: frozenset({State.READY, State.ABORTED}),
        State.READY: frozenset({State.DOSING, State.ABORTED}),
        State.DOSING: frozenset({State.MONITORING, State.ABORTED}),
        # From monitoring to itself: another part of the dose, see `further`.
        State.MONITORING: frozenset(
            {State.MONITORING, State.DISCHARGEABLE, State.TRANSFERRED, State.LEFT_AGAINST_ADVICE}
        ),
        State.DISCHARGEABLE: frozenset(
            {State.DISCHARGED, State.MONITORING, State.TRANSFERRED, State.LEFT_AGAINST_ADVICE}
        ),
        State.DISCHARGED: frozenset(),
        State.ABORTED: frozenset(),
        State.TRANSFERRED: frozenset(),
        State.LEFT_AGAINST_ADVICE: frozenset(),
    }
)
OVER: Final = frozenset(state for state, onward in ALLOWED.items() if not onward)
WATCHED: Final = frozenset({State.MONITORING, State.DISCHARGEABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One step of a session. `by` is None where an event of another service caused it."""

    seq: int
    before: State | None
    after: State
    by: UUID | None
    cause: str  # a code
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One patient's visit for a dose, from check-in to discharge."""

    id: UUID
    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    site_state: str  # USPS code: decides which licences count
    site_zone: str  # IANA name: decides which day it is
    route: str
    protocol_code: str
    protocol_version: str
    opened_at: datetime  # the check-in
    state: State = State.CHECKED_IN
    first_dose_at: datetime | None = None  # as recorded by the platform's clock
    last_dose_at: datetime | None = None
    version: int = 1
    moves: tuple[Move, ...] = ()  # made since it was loaded

    def move(self, to: State, *, by: UUID | None, cause: str, at: datetime) -> "Session":
        """The session, one step further. Raises IllegalMove."""
        if to not in ALLOWED[self.state]:
            raise IllegalMove
        version = self.version + 1
        step = Move(seq=version, before=self.state, after=to, by=by, cause=cause, at=at)
        return replace(self, state=to, version=version, moves=(*self.moves, step))

    def dosed(
        self, *, by: UUID | None, at: datetime, cause: str = "dose_administered"
    ) -> "Session":
        """The session after a dose; `at` is the platform's time. Raises IllegalMove."""
        moved = self.move(State.MONITORING, by=by, cause=cause, at=at)
        return replace(moved, first_dose_at=self.first_dose_at or at, last_dose_at=at)

    def check_open(self) -> None:
        """Raises SessionOver."""
        if self.state in OVER:
            raise SessionOver

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.site_zone)

    def minutes_since_first_dose(self, at: datetime) -> int | None:
        """Whole minutes from the first dose to `at`; None before it."""
        if self.first_dose_at is None or at < self.first_dose_at:
            return None
        return int((at - self.first_dose_at).total_seconds() // 60)
