"""Work of a service's worker that comes round again and again, until the process is stopped."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Final

import structlog

from kairos_chassis.bus.waiting import wait_for_event
from kairos_chassis.failure import Backoff, error_name, is_infrastructure

STOP_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


class RoundsNotReadyError(Exception):
    """The work is not being done at the moment."""


class Rounds(ABC):
    """A loop over `turn`. A database that is away is waited for; any other error ends the loop.

    A subclass says by what name its task and its log lines go, and how long it waits in between.
    """

    task_name: ClassVar[str]
    called: ClassVar[str]  # in log lines: `<called>_ended`, `<called>_unavailable`
    every_seconds: ClassVar[float]

    def __init__(self, on_stuck: Callable[[], None]) -> None:
        self._on_stuck = on_stuck
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def turn(self) -> bool:
        """Do what there is to do. Returns whether there is certainly more."""

    async def start(self) -> None:
        """Start the loop."""
        self._task = asyncio.create_task(self._loop(), name=self.task_name)
        self._task.add_done_callback(self._ended)

    async def check(self) -> None:
        """Raise RoundsNotReadyError unless the loop runs."""
        if self._task is None or self._task.done():
            raise RoundsNotReadyError("ended")

    async def stop(self) -> None:
        """Finish the turn in hand; one that does not end in time rolls back."""
        if self._task is None:
            return
        self._stopping.set()
        await asyncio.wait({self._task}, timeout=STOP_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """The loop never ends by itself; if it does, only a new process helps."""
        if not self._stopping.is_set():
            failure = None if task.cancelled() else task.exception()
            why = error_name(failure or asyncio.CancelledError())
            log.critical(f"{self.called}_ended", error=why)
            self._on_stuck()

    async def _loop(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            wait = self.every_seconds
            try:
                more = await self.turn()
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                log.warning(f"{self.called}_unavailable", error=error_name(error))
                wait = backoff.next_seconds()
            else:
                backoff.reset()
                if more:
                    continue
            await wait_for_event(self._stopping, wait)
