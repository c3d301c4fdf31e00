"""From local clocks to instants, and back: what a change of the clocks does is decided here once.

A local time that a change skips (spring) is moved on by the length of the gap, as a clock that was
put forward would show it; one that happens twice (autumn) means the first time. Both are said, so
that people can look at such a visit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAYS_A_WEEK = 7


class ClockChange(StrEnum):
    """What a change of the clocks did to a local time."""

    NONE = "none"
    SKIPPED = "skipped"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The instant a local time means."""

    instant: datetime  # aware, UTC
    change: ClockChange


@lru_cache(maxsize=16_384)
def resolve(day: date, clock: time, zone: str) -> Resolved:
    """The instant of a local time in a zone (IANA name)."""
    there = ZoneInfo(zone)
    local = datetime.combine(day, clock)
    first = local.replace(tzinfo=there, fold=0)
    second = local.replace(tzinfo=there, fold=1)
    instant = first.astimezone(UTC)
    # In a gap the earlier reading (offset before the change) is the one moved on by the gap.
    if instant.astimezone(there).replace(tzinfo=None) != local:
        return Resolved(instant, ClockChange.SKIPPED)
    twice = first.utcoffset() != second.utcoffset()
    return Resolved(instant, ClockChange.AMBIGUOUS if twice else ClockChange.NONE)


def instant_of(day: date, clock: time, zone: str) -> datetime:
    """The instant of a local time, whatever the clocks do."""
    return resolve(day, clock, zone).instant


def start_of_day(day: date, zone: str) -> datetime:
    """When a calendar day begins there: at its first valid instant."""
    return instant_of(day, time(0), zone)


def local_of(instant: datetime, zone: str) -> datetime:
    """What the clock on the wall shows there: naive."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def weekly(first: datetime, zone: str, *, every_weeks: int = 1) -> Iterator[Resolved]:
    """The series of a visit that keeps its local weekday and time, without end."""
    local = local_of(first, zone)
    for n in range(10_000):
        day = local.date() + timedelta(days=n * every_weeks * _DAYS_A_WEEK)
        yield resolve(day, local.time(), zone)
