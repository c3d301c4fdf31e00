"""The loop that seals the audit trail, in the worker of a service."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from kairos_chassis.audit_trail import anchors, store
from kairos_chassis.audit_trail.entries import Checkpoint
from kairos_chassis.audit_trail.seal import seal
from kairos_chassis.db import Database
from kairos_chassis.failure import Backoff, error_name, is_infrastructure

POLL_SECONDS: Final = 1.0
STOP_SECONDS: Final = 10.0

AUDIT_SEALED: Final = Counter("kairos_audit_sealed", "Audit entries sealed in checkpoints")
AUDIT_BROKEN: Final = Gauge(
    "kairos_audit_broken", "1 where the audit trail is not what its anchor says: page"
)

log = structlog.get_logger(__name__)


class SealingNotReadyError(Exception):
    """The audit trail is not being sealed at the moment."""


class SealWorker:
    """Seals what is committed until it is stopped. Of several side by side one seals at a time."""

    def __init__(
        self, db: Database, service: str, anchor_file: Path | None, on_stuck: Callable[[], None]
    ) -> None:
        self._db = db
        self._service = service
        self._anchor_file = anchor_file
        self._on_stuck = on_stuck
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the loop."""
        self._task = asyncio.create_task(self._loop(), name="kairos-audit")
        self._task.add_done_callback(self._ended)

    async def check(self) -> None:
        """Raise SealingNotReadyError unless the loop runs."""
        if self._task is None or self._task.done():
            raise SealingNotReadyError("ended")

    async def stop(self) -> None:
        """Finish the checkpoint in hand; one that does not end in time rolls back."""
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
            log.critical("sealing_ended", error=error_name(failure or asyncio.CancelledError()))
            self._on_stuck()

    async def _loop(self) -> None:
        backoff = Backoff()
        compared = False
        while not self._stopping.is_set():
            wait = POLL_SECONDS
            try:
                if not compared:
                    await self._compare()
                    compared = True
                sealed = await seal(self._db)
                if sealed is not None:
                    self._tell(sealed)
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                log.warning("sealing_unavailable", error=error_name(error))
                wait = backoff.next_seconds()
            else:
                backoff.reset()
            await self._wait(wait)

    async def _compare(self) -> None:
        """Once, at the start: is the head of the chain where the anchor saw it last?"""
        if self._anchor_file is None or not self._anchor_file.exists():
            return
        known = anchors.read(self._anchor_file, self._service)
        if not known:
            return
        async with self._db.transaction(None) as tx:
            found = await store.checkpoints_after(tx, known[-1].number - 1, 1)
        if not found or found[0].hash.hex() != known[-1].hash:
            AUDIT_BROKEN.set(1)
            log.critical("audit_trail_is_not_what_was_anchored", sequence=known[-1].number)

    def _tell(self, sealed: Checkpoint) -> None:
        """Say the new head where the database cannot take it back: log and anchor file."""
        AUDIT_SEALED.inc(len(sealed.ids))
        log.info(
            "audit_sealed",
            sequence=sealed.number,
            count=len(sealed.ids),
            hash=sealed.hash.hex(),
        )
        if self._anchor_file is not None:
            anchors.append(self._anchor_file, anchors.anchor_of(self._service, sealed))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass
