"""The loop that runs what is due, in the worker of a service."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from kairos_chassis import timers as due_work
from kairos_chassis.db import Database
from kairos_chassis.failure import Backoff, error_name, is_infrastructure
from kairos_chassis.timers import Timers

POLL_SECONDS: Final = 0.5
STOP_SECONDS: Final = 10.0

TIMERS_RUN: Final = Counter("kairos_timers_run", "Timers that ran")
TIMERS_OLDEST_DUE_AGE_SECONDS: Final = Gauge(
    "kairos_timers_oldest_due_age_seconds",
    "Platform time since the longest due timer was due; 0 when none is",
)

log = structlog.get_logger(__name__)


class TimersNotReadyError(Exception):
    """What is due is not being run at the moment."""


class TimerWorker:
    """Runs due timers until it is stopped. Several side by side share the work."""

    def __init__(self, db: Database, timers: Timers, on_stuck: Callable[[], None]) -> None:
        self._db = db
        self._timers = timers
        self._on_stuck = on_stuck
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the loop."""
        self._task = asyncio.create_task(self._loop(), name="kairos-timers")
        self._task.add_done_callback(self._ended)

    async def check(self) -> None:
        """Raise TimersNotReadyError unless the loop runs."""
        if self._task is None or self._task.done():
            raise TimersNotReadyError("ended")

    async def stop(self) -> None:
        """Finish the timer in hand; one that does not end in time rolls back and comes again."""
        if self._task is None:
            return
        self._stopping.set()
        await asyncio.wait({self._task}, timeout=STOP_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """The loop never ends by itself; if it does, only a new process helps."""
        if not self._stopping.is_set():
            log.critical("timers_ended", error=error_name(_why(task)))
            self._on_stuck()

    async def _loop(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            wait = POLL_SECONDS
            try:
                ran = await self._turn()
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                log.warning("timers_unavailable", error=error_name(error))
                wait = backoff.next_seconds()
            else:
                backoff.reset()
                if ran:
                    continue
            await self._wait(wait)

    async def _turn(self) -> int:
        ran = await due_work.run_due(self._db, self._timers)
        TIMERS_RUN.inc(ran)
        oldest = await due_work.oldest(self._db, self._timers.kinds)
        age = 0.0 if oldest is None else (self._db.clock.now() - oldest).total_seconds()
        TIMERS_OLDEST_DUE_AGE_SECONDS.set(max(age, 0.0))
        return ran

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass


def _why(task: asyncio.Task[None]) -> BaseException:
    return (None if task.cancelled() else task.exception()) or asyncio.CancelledError()
