"""What has outlived its use is deleted: answers kept for repeats, partners' ended tokens.

How long they are kept stands in the database's own policies (`trust_v3`), so that no process, and
no fault in one, can delete what is younger: the statements here name no time and no network. The
figure is that of `data/retention_v1.toml`; a test compares the two.
"""

from collections.abc import Callable
from typing import Final

import structlog
from prometheus_client import Counter

from kairos_chassis.db import Database
from kairos_chassis.rounds import Rounds
from kairos_chassis.statements import Statement

_OUTLIVED: Final = {
    "idempotency_key": Statement("DELETE FROM idempotency_key", (), {}),
    "partner_token": Statement("DELETE FROM partner_token", (), {}),
}
PURGED: Final = Counter("kairos_purged", "Rows deleted that had outlived their use", ["table"])

log = structlog.get_logger(__name__)


async def purge(db: Database) -> dict[str, int]:
    """Delete what the database lets go. Returns how many rows of each table."""
    gone = {}
    for table, statement in _OUTLIVED.items():
        async with db.transaction(None) as tx:
            gone[table] = await tx.execute(statement)
        PURGED.labels(table).inc(gone[table])
    return gone


class Housekeeper(Rounds):
    """Purges once an hour until it is stopped. Several side by side do no harm."""

    task_name = "kairos-housekeeping"
    called = "housekeeping"
    every_seconds = 3_600.0

    def __init__(self, db: Database, on_stuck: Callable[[], None]) -> None:
        super().__init__(on_stuck)
        self._db = db

    async def turn(self) -> bool:
        """Purge, and say so where anything was."""
        gone = await purge(self._db)
        if any(gone.values()):
            log.info("purged", count=sum(gone.values()))
        return False
