"""What has outlived its use is deleted: answers kept for repeats, partners' ended tokens.

How long they are kept stands in the database's own policies (`trust_v3`), so that no process, and
no fault in one, can delete what is younger: the statements here name no time and no network. The
figure is that of `data/retention_v1.toml`; a test compares the two.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from prometheus_client import Counter

from kairos_chassis.db import Database
from kairos_chassis.failure import Backoff, error_name, is_infrastructure
from kairos_chassis.statements import Statement

EVERY_SECONDS: Final = 3_600.0
STOP_SECONDS: Final = 10.0
_OUTLIVED: Final = {
    "idempotency_key": Statement("DELETE FROM idempotency_key", (), {}),
    "partner_token": Statement("DELETE FROM partner_token", (), {}),
}
PURGED: Final = Counter("kairos_purged", "Rows deleted that had outlived their use", ["table"])

log = structlog.get_logger(__name__)


class HousekeepingNotReadyError(Exception):
    """Nothing is tidied at the moment."""


async def purge(db: Database) -> dict[str, int]:
    """Delete what the database lets go. Returns how many rows of each table."""
    gone = {}
    for table, statement in _OUTLIVED.items():
        async with db.transaction(None) as tx:
            gone[table] = await tx.execute(statement)
        PURGED.labels(table).inc(gone[table])
    return gone


class Housekeeper:
    """Purges once an hour until it is stopped. Several side by side do no harm."""

    def __init__(self, db: Database, on_stuck: Callable[[], None]) -> None:
        self._db = db
        self._on_stuck = on_stuck
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the loop."""
        self._task = asyncio.create_task(self._loop(), name="kairos-housekeeping")
        self._task.add_done_callback(self._ended)

    async def check(self) -> None:
        """Raise HousekeepingNotReadyError unless the loop runs."""
        if self._task is None or self._task.done():
            raise HousekeepingNotReadyError("ended")

    async def stop(self) -> None:
        """End the loop; a purge in hand that does not end in time rolls back."""
        if self._task is None:
            return
        self._stopping.set()
        await asyncio.wait({self._task}, timeout=STOP_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not self._stopping.is_set():
            failure = None if task.cancelled() else task.exception()
            log.critical(
                "housekeeping_ended", error=error_name(failure or asyncio.CancelledError())
            )
            self._on_stuck()

    async def _loop(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            wait = EVERY_SECONDS
            try:
                gone = await purge(self._db)
                if any(gone.values()):
                    log.info("purged", count=sum(gone.values()))
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                log.warning("housekeeping_unavailable", error=error_name(error))
                wait = backoff.next_seconds()
            else:
                backoff.reset()
            await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass
