"""The loop that seals the audit trail, in the worker of a service."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from kairos_chassis.audit_trail import anchors, store
from kairos_chassis.audit_trail.entries import Checkpoint
from kairos_chassis.audit_trail.seal import seal
from kairos_chassis.db import Database
from kairos_chassis.rounds import Rounds

AUDIT_SEALED: Final = Counter("kairos_audit_sealed", "Audit entries sealed in checkpoints")
AUDIT_BROKEN: Final = Gauge(
    "kairos_audit_broken", "1 where the audit trail is not what its anchor says: page"
)

log = structlog.get_logger(__name__)


class SealWorker(Rounds):
    """Seals what is committed until it is stopped. Of several side by side one seals at a time."""

    task_name = "kairos-audit"
    called = "sealing"
    every_seconds = 1.0

    def __init__(
        self, db: Database, service: str, anchor_file: Path | None, on_stuck: Callable[[], None]
    ) -> None:
        super().__init__(on_stuck)
        self._db = db
        self._service = service
        self._anchor_file = anchor_file
        self._compared = False

    async def turn(self) -> bool:
        """Seal a checkpoint, if there is anything to seal."""
        if not self._compared:
            await self._compare()
            self._compared = True
        sealed = await seal(self._db)
        if sealed is not None:
            self._tell(sealed)
        return False

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
