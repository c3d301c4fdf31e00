"""What a network or a site sets for itself, beside the policy that is shipped."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from scheduling.domain.booking_policy import BookingPolicy
from scheduling.domain.check_in import CheckInPolicy
from scheduling.domain.rule_errors import PolicyLoosens, PolicyOutOfBounds
from scheduling.domain.waitlist import WaitlistPolicy

Value = int | bool | str | tuple[str, ...]
Figures = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that may be set: its bounds, and which way is tighter."""

    name: str
    tighter: str  # lower, higher, on, off, fewer or none
    per_site: bool
    shipped: Value
    least: int | None = None
    most: int | None = None
    codes: frozenset[str] = frozenset()

    def holds(self, value: Value) -> bool:
        """Whether it is a value of this figure at all."""
        if isinstance(self.shipped, bool):
            return isinstance(value, bool)
        if isinstance(self.shipped, int):
            assert self.least is not None
            assert self.most is not None
            known = isinstance(value, int) and not isinstance(value, bool)
            return known and self.least <= int(value) <= self.most  # type: ignore[arg-type]
        if isinstance(self.shipped, str):
            return value in self.codes
        return isinstance(value, tuple) and self.codes.issuperset(value)

    def is_looser(self, value: Value, than: Value) -> bool:
        """Whether a value lets through what another one does not."""
        if self.tighter == "fewer":
            assert isinstance(value, tuple)
            assert isinstance(than, tuple)
            return not set(value) <= set(than)
        if self.tighter in ("lower", "off"):
            return int(value) > int(than)  # type: ignore[arg-type]
        if self.tighter in ("higher", "on"):
            return int(value) < int(than)  # type: ignore[arg-type]
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One version of what a network (no site) or a site has set; it replaces the one before."""

    id: UUID
    site_id: UUID | None
    version: int
    figures: Figures
    loosens: tuple[str, ...]  # figures that let through more than without this version
    reason: str  # a code
    set_by: UUID
    signed_by: UUID | None  # a medical director, where something is loosened
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRules:
    """What may be set. One version of the policy about policy."""

    version: str
    figures: Mapping[str, Figure]

    def shipped(self) -> dict[str, Value]:
        """What holds where nobody has set anything."""
        return {name: one.shipped for name, one in self.figures.items()}

    def check(self, wanted: Figures, *, of_site: bool) -> None:
        """Raises PolicyOutOfBounds, naming what cannot be set so."""
        outside = [
            name
            for name, value in wanted.items()
            if name not in self.figures
            or (of_site and not self.figures[name].per_site)
            or not self.figures[name].holds(value)
        ]
        if outside:
            raise PolicyOutOfBounds(sorted(outside))

    def loosened(self, wanted: Figures, base: Figures) -> tuple[str, ...]:
        """What would let through more than the base does."""
        return tuple(
            sorted(n for n, value in wanted.items() if self.figures[n].is_looser(value, base[n]))
        )

    def sign(self, loosens: tuple[str, ...], *, director: bool) -> None:
        """Raises PolicyLoosens where that takes a medical director."""
        if loosens and not director:
            raise PolicyLoosens(loosens)


@dataclass(frozen=True, slots=True, kw_only=True)
class HousePolicy:
    """The policy that holds at a site, or in a network as a whole."""

    figures: Figures
    network_version: int  # 0 where the network has set nothing
    site_version: int
    booking: BookingPolicy
    waitlist: WaitlistPolicy
    check_in: CheckInPolicy

    @property
    def reminders(self) -> tuple[str, ...]:
        """The kinds of reminders that are sent."""
        kinds = self.figures["reminders"]
        assert isinstance(kinds, tuple)
        return kinds

    @property
    def feed_initials(self) -> bool:
        """Whether calendars may show a patient's initials."""
        return bool(self.figures["feed_initials"])


def booking_with(shipped: BookingPolicy, figures: Figures) -> BookingPolicy:
    """How visits are booked, as the figures say."""
    return replace(
        shipped,
        hold_minutes=_whole(figures, "hold_minutes"),
        patients_per_monitor=_whole(figures, "patients_per_monitor"),
        first_dose_one_to_one=bool(figures["first_dose_one_to_one"]),
        frees_lost_slots=figures["lost_slot"] == "free",
        late_hours=_whole(figures, "late_hours"),
        no_show_minutes=_whole(figures, "no_show_minutes"),
        overbook_visit_types=_codes(figures, "overbook_visit_types"),
        overbook_resources=_codes(figures, "overbook_resources"),
        overbook_reasons=_codes(figures, "overbook_reasons"),
    )


def waitlist_with(shipped: WaitlistPolicy, figures: Figures) -> WaitlistPolicy:
    """How slots are offered, as the figures say."""
    return replace(
        shipped,
        offer_minutes=_whole(figures, "offer_minutes"),
        least_notice=timedelta(minutes=_whole(figures, "least_notice_minutes")),
    )


def check_in_with(shipped: CheckInPolicy, figures: Figures) -> CheckInPolicy:
    """When patients are checked in, as the figures say."""
    earliest = _whole(figures, "earliest_minutes_before_start")
    return replace(shipped, earliest_minutes_before_start=earliest)


def _whole(figures: Figures, name: str) -> int:
    value = figures[name]
    assert isinstance(value, int)
    return value


def _codes(figures: Figures, name: str) -> frozenset[str]:
    value = figures[name]
    assert isinstance(value, tuple)
    return frozenset(value)
