"""Whether intake allows this patient to be dosed: as projected, and as confirmed just now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteClearance:
    """What the newest event said about one route."""

    cleared: bool
    reasons: tuple[str, ...]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Projected:
    """The newest clearance known here. Version 0: none was ever announced."""

    version: int
    changed_at: datetime | None
    route: RouteClearance | None  # None: the route was not named, so it is not cleared

    def cleared_at(self, now: datetime) -> bool:
        """Whether the route was cleared, as far as known here."""
        if self.route is None or not self.route.cleared:
            return False
        return self.route.expires_at is None or now < self.route.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Intake's word that the patient is cleared, good until `valid_until`."""

    confirmation_id: UUID
    version: int
    extra_monitoring: tuple[str, ...]
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCleared:
    """Intake's word that the patient is not cleared, with its reasons as codes."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Intake gave no answer that can be relied on."""


Answer = Confirmed | NotCleared | Unreachable


def failing(answer: Confirmed | NotCleared, known: Projected, now: datetime) -> tuple[str, ...]:
    """Which clearance rules refuse a dose at `now`."""
    match answer:
        case NotCleared():
            return ("not_cleared",)
        case Confirmed():
            rules = []
            if now >= answer.valid_until:
                rules.append("clearance_confirmation_expired")
            # An event newer than the confirmation is a change that intake made after it.
            if known.version > answer.version and not known.cleared_at(now):
                rules.append("clearance_withdrawn")
            return tuple(rules)
