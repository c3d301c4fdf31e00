"""The loop that runs what is due, in the worker of a service."""

from collections.abc import Callable
from typing import Final

from prometheus_client import Counter, Gauge

from kairos_chassis import timers as due_work
from kairos_chassis.db import Database
from kairos_chassis.rounds import Rounds
from kairos_chassis.timers import Timers

TIMERS_RUN: Final = Counter("kairos_timers_run", "Timers that ran")
TIMERS_OLDEST_DUE_AGE_SECONDS: Final = Gauge(
    "kairos_timers_oldest_due_age_seconds",
    "Platform time since the longest due timer was due; 0 when none is",
)


class TimerWorker(Rounds):
    """Runs due timers until it is stopped; one that was cut short comes again.

    Several side by side share the work.
    """

    task_name = "kairos-timers"
    called = "timers"
    every_seconds = 0.5

    def __init__(self, db: Database, timers: Timers, on_stuck: Callable[[], None]) -> None:
        super().__init__(on_stuck)
        self._db = db
        self._timers = timers

    async def turn(self) -> bool:
        """Run what is due, and measure what still waits."""
        ran = await due_work.run_due(self._db, self._timers)
        TIMERS_RUN.inc(ran)
        oldest = await due_work.oldest(self._db, self._timers.kinds)
        age = 0.0 if oldest is None else (self._db.clock.now() - oldest).total_seconds()
        TIMERS_OLDEST_DUE_AGE_SECONDS.set(max(age, 0.0))
        return ran > 0
