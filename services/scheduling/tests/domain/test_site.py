"""A site's day is the local one, whatever the clocks do."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from scheduling.domain.errors import UnknownZone
from scheduling.domain.site import Site, check_zone


def site(zone: str) -> Site:
    return Site(id=uuid4(), name="North", zone=zone, state="CO")


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2027, 3, 14, 6, 59, tzinfo=UTC), date(2027, 3, 13)),  # winter: UTC-7
        (datetime(2027, 3, 14, 7, 0, tzinfo=UTC), date(2027, 3, 14)),
        (datetime(2027, 3, 15, 5, 59, tzinfo=UTC), date(2027, 3, 14)),  # summer: UTC-6
        (datetime(2027, 3, 15, 6, 0, tzinfo=UTC), date(2027, 3, 15)),
        (datetime(2027, 11, 8, 6, 59, tzinfo=UTC), date(2027, 11, 7)),  # winter again
    ],
)
def test_local_day_follows_the_clocks(instant: datetime, day: date) -> None:
    assert site("America/Denver").local_day(instant) == day


def test_zone_without_summer_time_keeps_its_midnight() -> None:
    instant = datetime(2027, 7, 15, 6, 30, tzinfo=UTC)

    assert site("America/Phoenix").local_day(instant) == date(2027, 7, 14)
    assert site("America/Denver").local_day(instant) == date(2027, 7, 15)


@pytest.mark.parametrize("name", ["America/Atlantis", "", "america/denver", "../America/Denver"])
def test_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        check_zone(name)
