"""Two doses lie apart by hours and by the local day, whatever UTC calls it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dosing.domain.interval import failing
from dosing.domain.order_facts import LastDose
from dosing.domain.protocol import Interval

DENVER, TOKYO = ZoneInfo("America/Denver"), ZoneInfo("Asia/Tokyo")
DAY_ONLY = Interval(minimum=timedelta(0), one_per_local_day=True)
MORNING = datetime(2027, 3, 1, 16, 0, tzinfo=UTC)  # 09:00 in Denver
LAST = LastDose(at=MORNING, local_day=date(2027, 3, 1))


def test_rolling_hours() -> None:
    interval = Interval(minimum=timedelta(hours=72), one_per_local_day=False)

    early = list(failing(LAST, interval, DENVER, MORNING + timedelta(hours=71, minutes=59)))

    assert early == ["interval_not_kept"]
    assert list(failing(LAST, interval, DENVER, MORNING + timedelta(hours=72))) == []


def test_local_day_holds_across_midnight_utc() -> None:
    """10b #3: 18:00 in Denver is the next day in UTC, and still the same day."""
    evening = datetime(2027, 3, 2, 1, 0, tzinfo=UTC)
    past_midnight = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)

    assert list(failing(LAST, DAY_ONLY, DENVER, evening)) == ["same_local_day"]
    assert list(failing(LAST, DAY_ONLY, DENVER, past_midnight)) == []


def test_local_day_is_judged_at_either_site() -> None:
    in_tokyo = LastDose(at=MORNING, local_day=date(2027, 3, 2))  # 01:00 there

    noon = MORNING + timedelta(hours=3)
    assert list(failing(in_tokyo, DAY_ONLY, TOKYO, noon)) == ["same_local_day"]
    assert list(failing(in_tokyo, DAY_ONLY, DENVER, noon)) == ["same_local_day"]
    midnight = datetime(2027, 3, 2, 7, 30, tzinfo=UTC)  # 2 March in Denver too, by now
    assert list(failing(in_tokyo, DAY_ONLY, DENVER, midnight)) == ["same_local_day"]
    assert list(failing(LAST, DAY_ONLY, DENVER, midnight)) == []


def test_first_dose_ever_has_no_interval() -> None:
    assert list(failing(LastDose(), DAY_ONLY, DENVER, MORNING)) == []
