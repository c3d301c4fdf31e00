"""Whether intake allows this patient to be dosed: as projected, and as confirmed just now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

# Intake's codes for an age that it knows and this service does not: no birth date leaves intake.
OVER_65: Final = "over_65"  # 66 whole years and more: another pressure before a dose (C33)
FROM_65: Final = frozenset({OVER_65, "older_age"})  # 65 and more: another first dose (C32)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteClearance:
    """What the newest event said about one route."""

    cleared: bool
    reasons: tuple[str, ...]
    expires_at: datetime | None
    extra_monitoring: tuple[str, ...] = ()  # what has to be watched beyond the protocol


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

    @property
    def extra_monitoring(self) -> frozenset[str]:
        """What intake's decision asks to be watched, and says of the patient's age."""
        return frozenset(() if self.route is None else self.route.extra_monitoring)


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


def extra_monitoring(answer: Answer, known: Projected) -> frozenset[str]:
    """As intake has just said it; else as it was last announced."""
    if isinstance(answer, Confirmed):
        return frozenset(answer.extra_monitoring)
    return known.extra_monitoring


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
