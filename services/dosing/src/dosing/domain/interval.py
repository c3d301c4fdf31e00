"""How long since the last dose: rolling hours and the local calendar day, both."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from dosing.domain.order_facts import LastDose
from dosing.domain.protocol import Interval


def failing(last: LastDose, interval: Interval, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    """Which interval rules a dose at `now` in `zone` would break.

    The calendar day is compared where the last dose was given and where this one would be: two
    sites of one network may lie in different zones.
    """
    if last.at is None:
        return
    if now - last.at < interval.minimum:
        yield "interval_not_kept"
    today = now.astimezone(zone).date()
    if interval.one_per_local_day and (
        last.local_day == today or last.at.astimezone(zone).date() == today
    ):
        yield "same_local_day"
