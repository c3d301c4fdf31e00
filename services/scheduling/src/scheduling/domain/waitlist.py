"""The waitlist: who is next for a slot that came free, and for how long it is theirs."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from scheduling.domain.plan_errors import EntryOver, OfferOver


class EntryState(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    LEFT = "left"
    EXPIRED = "expired"


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistPolicy:
    """One version of the policy."""

    version: str
    offer_minutes: int
    least_notice: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistEntry:
    """A patient who would come at short notice. Urgent ones first, then who joined first."""

    id: UUID
    patient_id: UUID
    visit_type: str
    site_ids: tuple[UUID, ...]
    earliest_at: datetime
    latest_at: datetime
    urgent: bool
    joined_at: datetime
    state: EntryState = EntryState.WAITING
    passed_over: int = 0  # offers that were declined or ran out

    def offered(self) -> "WaitlistEntry":
        """Somebody with an offer waits for no second one."""
        return replace(self, state=EntryState.OFFERED)

    def back(self) -> "WaitlistEntry":
        """The offer came to nothing: they wait again, and keep their place."""
        return replace(self, state=EntryState.WAITING, passed_over=self.passed_over + 1)

    def booked(self) -> "WaitlistEntry":
        """The wait is over."""
        return replace(self, state=EntryState.BOOKED)

    def leave(self) -> "WaitlistEntry":
        """They wait no more. Raises EntryOver."""
        if self.state not in (EntryState.WAITING, EntryState.OFFERED):
            raise EntryOver
        return replace(self, state=EntryState.LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitlistOffer:
    """A held slot, offered to one entry until it expires."""

    id: UUID
    entry_id: UUID
    hold_id: UUID
    patient_id: UUID
    site_id: UUID
    starts_at: datetime
    offered_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.OPEN

    def answer(self, state: OfferState, *, at: datetime) -> "WaitlistOffer":
        """The offer, answered or run out. Raises OfferOver."""
        late = state is not OfferState.EXPIRED and at >= self.expires_at
        if self.state is not OfferState.OPEN or late:
            raise OfferOver
        return replace(self, state=state)
