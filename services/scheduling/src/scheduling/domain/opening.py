"""When sites are open and people are there: weekly hours in local time, and what closes them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from scheduling.domain.local_time import instant_of, local_of


class ResourceKind(StrEnum):
    """What can be closed."""

    SITE = "site"
    ROOM = "room"
    EQUIPMENT = "equipment"
    PRACTITIONER = "practitioner"


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts_at` until before `ends_at`."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether both take place at some instant."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """Hours of one weekday, in local time: a site's own, or a practitioner's at it."""

    site_id: UUID
    practitioner_id: UUID | None
    weekday: int  # 1 is Monday, as in ISO 8601
    opens_at: time
    closes_at: time
    valid_from: date
    valid_until: date | None

    def on(self, day: date, zone: str) -> Span | None:
        """The span on a calendar day; None where it is another weekday or not in force."""
        if day.isoweekday() != self.weekday or day < self.valid_from:
            return None
        if self.valid_until is not None and day > self.valid_until:
            return None
        return Span(instant_of(day, self.opens_at, zone), instant_of(day, self.closes_at, zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A time when something or somebody is not there."""

    id: UUID
    kind: ResourceKind
    resource_id: UUID
    span: Span
    reason: str


def opened(
    hours: Iterable[WeeklyHours], window: Span, zone: str, closed: Sequence[Span] = ()
) -> list[Span]:
    """The open times within a window, in order, merged, less the closed ones."""
    found = [
        Span(max(one.starts_at, window.starts_at), min(one.ends_at, window.ends_at))
        for day in days_of(window, zone)
        for rule in hours
        if (one := rule.on(day, zone)) is not None and one.overlaps(window)
    ]
    return subtract(merge(found), closed)


def days_of(window: Span, zone: str) -> Iterator[date]:
    """The calendar days a window touches there."""
    day = local_of(window.starts_at, zone).date()
    last = local_of(window.ends_at, zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same times without overlaps, in order."""
    merged: list[Span] = []
    for one in sorted(spans, key=lambda span: (span.starts_at, span.ends_at)):
        if merged and one.starts_at <= merged[-1].ends_at:
            merged[-1] = Span(merged[-1].starts_at, max(merged[-1].ends_at, one.ends_at))
        else:
            merged.append(one)
    return merged


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of merged spans outside the holes."""
    left = list(spans)
    for hole in holes:
        pieces: list[Span] = []
        for one in left:
            if not one.overlaps(hole):
                pieces.append(one)
                continue
            if one.starts_at < hole.starts_at:
                pieces.append(Span(one.starts_at, hole.starts_at))
            if hole.ends_at < one.ends_at:
                pieces.append(Span(hole.ends_at, one.ends_at))
        left = pieces
    return left


def covers(spans: Iterable[Span], wanted: Span) -> bool:
    """Whether one of the merged spans holds all of it."""
    return any(one.starts_at <= wanted.starts_at and wanted.ends_at <= one.ends_at for one in spans)
