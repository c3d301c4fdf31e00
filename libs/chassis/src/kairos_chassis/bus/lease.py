"""Which shards of the outbox this process may publish.

A lease is a row with holder, epoch and an end by the database's clock. A frozen process keeps no
lease, as an advisory lock would let it: after five seconds another takes over and raises the
epoch, and the frozen one's marks then change no row.
"""

import asyncio
import time
from typing import Final
from uuid import UUID, uuid4

import structlog

from kairos_chassis.bus import metrics
from kairos_chassis.bus.tables import SHARDS
from kairos_chassis.db import Database
from kairos_chassis.failure import is_infrastructure

LEASE_SECONDS: Final = 5.0
RENEW_SECONDS: Final = 1.0

# Locked in shard order, so that two relays cannot deadlock. A free or lapsed lease changes its
# holder and epoch; an own lease only gets a later end.
_CLAIM: Final = """
with mine as materialized (
    select shard from relay_lease
    where holder = $1 or expires_at is null or expires_at <= clock_timestamp()
    order by shard for update skip locked
)
update relay_lease as lease
set epoch = case when lease.holder = $1 then lease.epoch else lease.epoch + 1 end,
    holder = $1,
    expires_at = clock_timestamp() + make_interval(secs => $2)
from mine where lease.shard = mine.shard
returning lease.shard, lease.epoch
"""
_RELEASE: Final = "update relay_lease set expires_at = null, holder = null where holder = $1"

log = structlog.get_logger(__name__)


class Leases:
    """The leases of one relay. Whoever comes first takes every free shard; others stand by."""

    def __init__(
        self, db: Database, *, holder: UUID | None = None, seconds: float = LEASE_SECONDS
    ) -> None:
        self._db = db
        self.holder = holder or uuid4()
        self._seconds = seconds
        self._held: dict[int, int] = {}
        self._until = 0.0

    def held(self) -> dict[int, int]:
        """Shard to epoch, of the leases which by this process's own clock have not lapsed."""
        return dict(self._held) if time.monotonic() < self._until else {}

    async def claim(self) -> None:
        """Renew what is held and take what is free."""
        asked_at = time.monotonic()
        rows = await self._db.fetch(_CLAIM, self.holder, self._seconds)
        taken = {int(row["shard"]): int(row["epoch"]) for row in rows}
        if set(taken) != set(self._held):
            log.info("relay_leases", count=len(taken))
        self._held, self._until = taken, asked_at + self._seconds
        metrics.RELAY_LEASES_HELD.set(len(taken))
        for shard in range(SHARDS):
            metrics.RELAY_LEASE_HOLDER.labels(shard=shard).set(shard in taken)
        for shard, epoch in taken.items():
            metrics.RELAY_LEASE_EPOCH.labels(shard=shard).set(epoch)

    async def run(self) -> None:
        """Renew every second until cancelled; what cannot be renewed lapses.

        Gives up for no error: a relay without leases looks like one that stands by.
        """
        while True:
            try:
                await self.claim()
            except Exception as error:
                report = log.warning if is_infrastructure(error) else log.error
                report("relay_lease_not_renewed", error=type(error).__name__)
            await asyncio.sleep(RENEW_SECONDS)

    async def release(self) -> None:
        """Give all leases back, so that another relay need not wait for their end."""
        self._held, self._until = {}, 0.0
        metrics.RELAY_LEASES_HELD.set(0)
        for shard in range(SHARDS):
            metrics.RELAY_LEASE_HOLDER.labels(shard=shard).set(0)
        async with self._db.transaction(None) as tx:
            await tx.connection.execute(_RELEASE, self.holder)
