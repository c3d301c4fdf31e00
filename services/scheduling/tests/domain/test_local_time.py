"""Local times keep their meaning across changes of the clocks, in several zones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scheduling.domain.local_time import (
    ClockChange,
    instant_of,
    local_of,
    resolve,
    start_of_day,
    weekly,
)

ZONES = (
    "America/Denver",
    "America/New_York",
    "America/Phoenix",
    "Europe/Berlin",
    "Australia/Lord_Howe",
)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant", "change"),
    [
        ("America/Denver", (2027, 3, 14), (2, 30), (2027, 3, 14, 9, 30), ClockChange.SKIPPED),
        ("America/Denver", (2027, 11, 7), (1, 30), (2027, 11, 7, 7, 30), ClockChange.AMBIGUOUS),
        ("America/Denver", (2027, 3, 14), (9, 0), (2027, 3, 14, 15, 0), ClockChange.NONE),
        ("America/Phoenix", (2027, 3, 14), (2, 30), (2027, 3, 14, 9, 30), ClockChange.NONE),
        ("Europe/Berlin", (2027, 3, 28), (2, 30), (2027, 3, 28, 1, 30), ClockChange.SKIPPED),
        ("Europe/Berlin", (2027, 10, 31), (2, 30), (2027, 10, 31, 0, 30), ClockChange.AMBIGUOUS),
        ("Australia/Lord_Howe", (2027, 10, 3), (2, 15), (2027, 10, 2, 15, 45), ClockChange.SKIPPED),
    ],
)
def test_skipped_hour_moves_on_and_ambiguous_one_is_the_first(
    zone: str,
    day: tuple[int, int, int],
    clock: tuple[int, int],
    instant: tuple[int, ...],
    change: str,
) -> None:
    found = resolve(date(*day), time(*clock), zone)

    assert found.instant == datetime(*instant, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert found.change == change


def test_skipped_time_shows_as_the_clock_that_was_put_forward() -> None:
    found = resolve(date(2027, 3, 14), time(2, 30), "America/Denver")

    assert local_of(found.instant, "America/Denver").time() == time(3, 30)


def test_day_that_begins_in_a_gap_begins_at_its_first_instant() -> None:
    # Midnight does not exist there on that day: the clocks go from 0:00 to 1:00.
    begins = start_of_day(date(2026, 4, 24), "Africa/Cairo")

    assert local_of(begins, "Africa/Cairo").time() == time(1)


@pytest.mark.parametrize("zone", ZONES)
def test_weekly_series_keeps_its_local_time_across_both_changes(zone: str) -> None:
    first = instant_of(date(2027, 1, 4), time(9, 30), zone)

    series = list(islice(weekly(first, zone), 52))

    assert {local_of(one.instant, zone).time() for one in series} == {time(9, 30)}
    assert {local_of(one.instant, zone).isoweekday() for one in series} == {1}
    assert {one.change for one in series} == {ClockChange.NONE}


def test_series_counted_in_hours_would_slip() -> None:
    """The twin: a week is not always 168 hours."""
    zone = "America/Denver"
    first = instant_of(date(2027, 3, 8), time(9, 30), zone)

    by_hours = first + timedelta(hours=168)

    assert local_of(by_hours, zone).time() == time(10, 30)
    assert local_of(list(islice(weekly(first, zone), 2))[1].instant, zone).time() == time(9, 30)


@given(
    day=st.dates(date(2020, 1, 1), date(2037, 12, 31)),
    minutes=st.integers(0, 24 * 60 - 1),
    zone=st.sampled_from(ZONES),
)
def test_every_local_time_has_one_instant_and_comes_back(
    day: date, minutes: int, zone: str
) -> None:
    clock = time(minutes // 60, minutes % 60)

    found = resolve(day, clock, zone)

    back = local_of(found.instant, zone)
    if found.change is ClockChange.SKIPPED:
        assert timedelta(0) < back - datetime.combine(day, clock) <= timedelta(hours=1)
    else:
        assert back == datetime.combine(day, clock)
