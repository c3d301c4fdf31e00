"""How much time has passed since the first dose, whatever happened to the date in between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A moment by a machine's ticks and by the date."""

    boot: str
    ticks_ms: int
    at: datetime


def since_first(anchors: Sequence[Anchor], now: Anchor) -> timedelta:
    """The time from the first anchor to `now`.

    Between two moments of one boot the machine's ticks count: the date may have been set forward
    or back. Between machines, or over a restart, only the date is there to go by; it never
    counts backwards.
    """
    return sum((_between(*pair) for pair in pairwise([*anchors, now])), _ZERO)


def watched(
    seen_after: Iterable[timedelta], now: timedelta, stale_after: timedelta | None
) -> timedelta:
    """How much of the time until `now` was watched.

    `seen_after` are the times of the observations since the first dose. What lies further from an
    observation than `stale_after` stops the discharge clock: nobody was looking.
    """
    if stale_after is None:
        return now
    moments = [_ZERO, *sorted(one for one in seen_after if _ZERO <= one <= now), now]
    return sum((min(later - earlier, stale_after) for earlier, later in pairwise(moments)), _ZERO)


def _between(earlier: Anchor, later: Anchor) -> timedelta:
    if earlier.boot == later.boot:
        return max(timedelta(milliseconds=later.ticks_ms - earlier.ticks_ms), _ZERO)
    return max(later.at - earlier.at, _ZERO)
