"""Keys that wait for a missing event: seen within seconds, reported before a minute has passed.

Measured by this process's own time, so that a clock which is wrong neither hides a gap nor invents
one.
"""

import time
from typing import Final

import structlog

from kairos_chassis.bus import metrics
from kairos_chassis.db import Transaction

ALERT_SECONDS: Final = 30.0  # looked at every ten, so that a gap is reported well within a minute

_OPEN: Final = """
select parked.topic, parked.key, position.last_sequence + 1 as expected,
       min(event.sequence) as sequence
from parked_key parked
join inbox_position position using (consumer, topic, key)
left join parked_event event on (event.consumer, event.topic, event.key)
    = (parked.consumer, parked.topic, parked.key) and event.discarded_at is null
where parked.consumer = $1 and parked.reason = 'gap'
group by parked.topic, parked.key, position.last_sequence
"""

log = structlog.get_logger(__name__)

Gap = tuple[str, str, int]  # topic, key, the sequence that is missing


class GapWatch:
    """Knows since when each gap is open, and reports each that stays open, once."""

    def __init__(self, *, alert_seconds: float = ALERT_SECONDS) -> None:
        self._alert_seconds = alert_seconds
        self._since: dict[Gap, float] = {}
        self._reported: set[Gap] = set()

    async def look(self, tx: Transaction, consumer: str) -> None:
        """Measure the open gaps, and report those that have been open too long."""
        now = time.monotonic()
        rows = {
            (row["topic"], row["key"], row["expected"]): row
            for row in await tx.connection.fetch(_OPEN, consumer)
        }
        self._since = {gap: self._since.get(gap, now) for gap in rows}
        self._reported &= rows.keys()
        for gap, row in rows.items():
            open_for = now - self._since[gap]
            if open_for < self._alert_seconds or gap in self._reported:
                continue
            self._reported.add(gap)
            metrics.GAP_ALERTS.labels(topic=row["topic"]).inc()
            log.error(
                "gap_open",
                topic=row["topic"],
                expected=row["expected"],
                sequence=row["sequence"],
                seconds=round(open_for),
            )
        metrics.GAPS_OPEN.set(len(rows))
        oldest = min(self._since.values(), default=now)
        metrics.GAP_OLDEST_SECONDS.set(now - oldest)
