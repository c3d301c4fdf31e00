"""Sealing: the next checkpoint over entries that no transaction can come before any more.

Ids are drawn when a row is inserted and rows are seen when their transaction commits, so an entry
may appear below one that is there already. A checkpoint must not pass it by. Therefore: choose a
ceiling among the entries that are seen; then wait until every transaction has ended which at that
moment held the lock that an insert takes. An insert takes that lock before it draws its id and
keeps it until it is seen, and the sequence hands ids out in order (no cache): so whatever has an
id below the ceiling drew it before the ceiling's entry was seen, and has ended when we read. Later
writers draw greater ids. The command path pays nothing for this.
"""

import asyncio
import time
from typing import Final

from kairos_chassis.audit_trail import store
from kairos_chassis.audit_trail.entries import Checkpoint, seal_run
from kairos_chassis.db import Database, Transaction

RUN_LIMIT: Final = 2_000  # entries of one checkpoint at most: 64 kB of leaves
PATIENCE_SECONDS: Final = 5.0
_POLL_SECONDS = 0.02


async def seal(
    db: Database, *, limit: int = RUN_LIMIT, patience_seconds: float = PATIENCE_SECONDS
) -> Checkpoint | None:
    """Write the next checkpoint. None where there is nothing to seal, or not yet."""
    async with db.transaction(None) as tx:
        if not await store.alone(tx):
            return None
        await store.read_all(tx)
        before = await store.last_checkpoint(tx)
        after = 0 if before is None else before.last_id
        last = await store.ceiling(tx, after, limit)
        if last is None or not await _settled(tx, patience_seconds):
            return None
        entries = await store.entries_between(tx, after, last)
        checkpoint = seal_run(before, entries, tx.now)
        store.save(tx, checkpoint)
    return checkpoint


async def _settled(tx: Transaction, patience_seconds: float) -> bool:
    """Wait until who writes now has ended; False where that takes too long."""
    limit = time.monotonic() + patience_seconds
    waited_for = await store.writers(tx)
    while waited_for:
        if time.monotonic() > limit:
            return False
        await asyncio.sleep(_POLL_SECONDS)
        waited_for &= await store.writers(tx)
    return True
