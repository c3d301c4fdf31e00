"""Notices a consumer that has stopped making progress although the broker answers.

The client has ways to hang in a rebalance for ever without an error; the only cure is a new
process, so after a minute the given callback is asked for one.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from kairos_chassis.bus import metrics

STUCK_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


class Watchdog:
    """Calls `on_stuck` once when nothing was touched for `seconds`."""

    def __init__(self, on_stuck: Callable[[], None], *, seconds: float = STUCK_SECONDS) -> None:
        self._on_stuck = on_stuck
        self._seconds = seconds
        self._touched = time.monotonic()

    def touch(self) -> None:
        """There was progress."""
        self._touched = time.monotonic()

    async def run(self, excused: Callable[[], bool]) -> None:
        """Look every few seconds. `excused`: the broker is away, a new process would not help."""
        while True:
            await asyncio.sleep(min(LOOK_SECONDS, self._seconds))
            if excused():
                self.touch()
            elif time.monotonic() - self._touched > self._seconds:
                metrics.CONSUMER_STUCK.inc()
                log.critical("consumer_stuck", seconds=self._seconds)
                self._on_stuck()
                return
