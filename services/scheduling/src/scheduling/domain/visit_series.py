"""A weekly series: visits that keep their weekday and their time on the wall."""

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from uuid import UUID

from scheduling.domain.local_time import ClockChange, Resolved, local_of, weekly


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVisit:
    """One of them, and what a change of the clocks did to its time."""

    number: int  # from 1 on
    visit_id: UUID
    clock_change: ClockChange


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSeries:
    """A booked series. Its visits are moved and called off one by one, as any other."""

    id: UUID
    patient_id: UUID
    site_id: UUID
    visit_type: str
    zone: str  # IANA name: the site's
    first_on: date
    clock: time  # local
    every_weeks: int
    tzdata_version: str  # the time-zone data that made instants of it
    booked_by: UUID
    booked_at: datetime
    visits: tuple[SeriesVisit, ...] = ()


def starts_of(first: datetime, zone: str, *, every_weeks: int, count: int) -> list[Resolved]:
    """When its visits begin: the same local time each, across changes of the clocks."""
    return list(islice(weekly(first, zone, every_weeks=every_weeks), count))


def clock_of(first: datetime, zone: str) -> tuple[date, time]:
    """The local day and time of the first."""
    local = local_of(first, zone)
    return local.date(), local.time()
