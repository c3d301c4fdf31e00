"""Access cut short: tokens of a log-in that were issued before an instant open nothing any more.

A role or care team may change while a token lives. Whoever changes it cuts the old tokens off; each
process reads the cuts every few seconds, so a cut holds everywhere within `EFFECTIVE_SECONDS`.
"""

import asyncio
import time
from datetime import datetime
from typing import Final
from uuid import UUID

from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.failure import is_infrastructure
from kairos_chassis.statements import Statement
from kairos_chassis.trust_tables import access_cut

REFRESH_SECONDS: Final = 5.0
EFFECTIVE_SECONDS: Final = 10  # a refresh under way, and the one before it
BLIND_SECONDS: Final = 60.0  # a process that cannot read the cuts for so long admits nobody

_READ = Statement(
    "SELECT network_id, subject, max(issued_before) AS issued_before FROM access_cut "
    "GROUP BY network_id, subject",
    (),
    {},
)


class Cuts:
    """The cuts of every network, as this process knows them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[tuple[UUID, UUID], datetime] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def admits(self, network: UUID, subject: UUID, issued_at: datetime) -> bool:
        """Whether a token issued then still opens anything. Raises Refusal (503) when blind."""
        age = time.monotonic() - self._read_at
        if age > REFRESH_SECONDS and not self._reading.locked():
            async with self._reading:
                await self._refresh()
        elif age > BLIND_SECONDS:
            async with self._reading:  # the first reading of all is under way
                pass
        if time.monotonic() - self._read_at > BLIND_SECONDS:
            raise Refusal("unavailable", Kind.UNAVAILABLE, "Try again in a moment.")
        cut = self._known.get((network, subject))
        return cut is None or issued_at > cut

    async def _refresh(self) -> None:
        began = time.monotonic()
        try:
            async with self._db.transaction(None) as tx:
                rows = await tx.fetch(_READ)
        except Exception as error:
            if not is_infrastructure(error):
                raise
            return
        self._known = {(r["network_id"], r["subject"]): r["issued_before"] for r in rows}
        self._read_at = began


def cut(tx: Transaction, subject: UUID, reason: str, by: UUID) -> datetime:
    """Cut a log-in's tokens off in the transaction's network, as of now."""
    tx.insert(
        access_cut,
        network_id=tx.network,
        subject=subject,
        issued_before=tx.now,
        reason=reason,
        cut_by=by,
    )
    return tx.now
