"""Courses: which visits make one and how they follow each other. Protocols are policy data."""

import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Placed(typing.Protocol):
    """What a rule looks at: a start and its calendar day at the site."""

    @property
    def starts_at(self) -> datetime:
        """The planned start."""

    @property
    def local_on(self) -> date:
        """The calendar day at the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a step follows another one; both bounds are included."""

    kind: str  # names it where it cannot be kept, e.g. next_day_integration
    after: str  # the code of the other step
    days: tuple[int, int] | None  # calendar days at the site
    hours: tuple[int, int] | None  # from start to start

    def day_bounds(self) -> tuple[int, int]:
        """The least and most calendar days, whichever way they are said."""
        if self.days is not None:
            return self.days
        assert self.hours is not None
        return self.hours[0] // 24, self.hours[1] // 24 + 1

    def is_kept(self, first: Placed, then: Placed) -> bool:
        """Whether two placed steps keep it."""
        if self.days is not None:
            apart = (then.local_on - first.local_on).days
            if not self.days[0] <= apart <= self.days[1]:
                return False
        if self.hours is None:
            return True
        least, most = (timedelta(hours=one) for one in self.hours)
        return least <= then.starts_at - first.starts_at <= most


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One visit of a course."""

    code: str
    visit_type: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A template of courses, in one version."""

    code: str
    version: str
    title: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Raises ValueError where a rule names no earlier step."""
        seen: set[str] = set()
        for step in self.steps:
            for rule in step.rules:
                if rule.after not in seen:
                    raise ValueError(f"{self.code}: {step.code} follows an unknown {rule.after}")
                if rule.days is None and rule.hours is None:
                    raise ValueError(f"{self.code}: {step.code} has a rule without bounds")
            seen.add(step.code)

    def broken(self, placed: Mapping[str, Placed]) -> list[str]:
        """The kinds of rules that placed steps do not keep; steps not placed break none."""
        return sorted(
            {
                rule.kind
                for step in self.steps
                for rule in step.rules
                if step.code in placed
                and rule.after in placed
                and not rule.is_kept(placed[rule.after], placed[step.code])
            }
        )

    def day_windows(self, slack_days: int) -> Mapping[str, tuple[int, int]]:
        """For each step the first and last day it can fall on, counted from the course's start."""
        windows: dict[str, tuple[int, int]] = {}
        for step in self.steps:
            low, high = 0, slack_days
            for n, rule in enumerate(step.rules):
                before, (least, most) = windows[rule.after], rule.day_bounds()
                first, last = before[0] + least, before[1] + most
                low, high = (first, last) if n == 0 else (max(low, first), min(high, last))
            windows[step.code] = (low, max(low, high))
        return windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A free slot for a step, with the therapist and everybody and everything else it needs."""

    starts_at: datetime
    local_on: date
    local_minute: int  # of the day, at the site
    site_id: UUID
    therapist: UUID
    suits_patient: bool  # keeps what the patient cannot or will not
    team: Mapping[str, Sequence[UUID]]  # by need: who or what else could serve
    current: bool = False  # where the visit stands now, in a repair


class Aim(StrEnum):
    """What a proposal is good at."""

    CONTINUITY = "continuity"
    FEWEST_TRIPS = "fewest_trips"
    SOONEST = "soonest"
    SMALLEST_REPAIR = "smallest_repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything the solver is told."""

    protocol: Protocol
    candidates: Mapping[str, Sequence[Candidate]]  # by step
    minutes: Mapping[str, int]  # how long the visit of a step takes
    preferred_minute: int | None  # of the day
    preferred_therapist: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a proposal is good, as a code and figures: so many of so many."""

    code: str
    count: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One way to place every step."""

    aim: Aim
    placed: Mapping[str, Candidate]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Why nothing fits: rules that cannot all be kept, and steps without any free slot."""

    rules: tuple[str, ...]
    steps_without_slot: tuple[str, ...]


def reasons_of(placed: Mapping[str, Candidate]) -> tuple[Reason, ...]:
    """What can be said for a plan."""
    plan = list(placed.values())
    total = len(plan)
    people = [one.therapist for one in plan]
    clocks = [one.local_minute for one in plan]
    kept = sum(one.current for one in plan)
    days = {one.local_on for one in plan}
    found = [
        Reason(code="same_therapist", count=max(map(people.count, people)), of=total),
        Reason(code="same_time_of_day", count=max(map(clocks.count, clocks)), of=total),
        Reason(code="days_with_a_trip", count=len(days), of=total),
        Reason(code="sites", count=len({one.site_id for one in plan}), of=total),
        Reason(code="days_from_first_to_last", count=(max(days) - min(days)).days, of=total),
    ]
    if kept:
        found.append(Reason(code="visits_that_stay", count=kept, of=total))
    return tuple(found)
