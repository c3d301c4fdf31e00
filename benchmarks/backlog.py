"""What a look at the outbox and a mark cost, while 10 thousand, 100 thousand or a million wait.

With an old snapshot held all the while, as by a dump: nothing that was marked can be cleared away.
"""

import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from kairos_chassis.bus import publishing
from kairos_chassis.bus.incarnation import recognise
from kairos_chassis.bus.lease import Leases
from kairos_chassis.bus.settled import Settled
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.testing.bus_database import make_database

from benchmarks.report import Row
from benchmarks.rounds import Ratio
from benchmarks.stage import Stage

CLUSTER = "bench"
TURNS = 16  # fewer events than the smallest backlog
_FILL = """
insert into outbox (event_id, topic, key, sequence, shard, network_id, type, subject, time, data,
  dataschema)
select uuidv7(), 't', key, 1, n % 16, gen_random_uuid(), 'a.b.v1', key, now(),
  convert_to(repeat('x', 300), 'UTF8'), 'urn:x'
from (select n, gen_random_uuid()::text as key from generate_series(1, $1) as n) as made
"""


async def measure(stage: Stage, sizes: list[int]) -> list[Row]:
    """A row for the largest against the smallest backlog, with and without a snapshot held."""
    rows: list[Row] = []
    for snapshot in (False, True):
        costs = {size: await _cost(stage, size, snapshot=snapshot) for size in sizes}
        ratio = costs[sizes[-1]] / costs[sizes[0]]
        what = "under an old snapshot" if snapshot else "quiet"
        rows.append(
            Row(
                name=f"look and mark 500, {sizes[-1]:,} / {sizes[0]:,} waiting, {what}",
                ratio=Ratio(ratio, ratio, ratio),
                at_most=2.0,
                figures={f"ms_at_{size}": cost for size, cost in costs.items()},
            )
        )
    return rows


async def _cost(stage: Stage, size: int, *, snapshot: bool) -> float:
    """The median milliseconds of a look and a mark, in the last of the turns."""
    url, owner_url = await make_database(stage.postgres.admin_url, "backlog")
    db = await Database.connect(url, SystemClock(), size=4, name="bench")
    try:
        await recognise(db, CLUSTER)
        leases = Leases(db, seconds=600.0)
        await leases.claim()
        owner = await asyncpg.connect(owner_url)
        await owner.execute(_FILL, size)
        await owner.execute("analyze outbox")
        await owner.close()
        async with _held(owner_url) if snapshot else _nothing():
            return await _turns(db, leases)
    finally:
        await db.close()


async def _turns(db: Database, leases: Leases) -> float:
    settled, took = Settled(), []
    held = leases.held()
    for turn in range(TURNS):
        started = time.perf_counter()
        await settled.move(db)
        rows = await publishing.unpublished(
            db, list(held), [], publishing.BATCH, after=settled.bound
        )
        ids = [row["id"] for row in rows]
        if not ids:
            break
        await publishing.mark(db, CLUSTER, held, leases.holder, ids)
        if turn >= TURNS // 2:
            took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took or [0.0])


@asynccontextmanager
async def _held(owner_url: str) -> AsyncIterator[None]:
    dump = await asyncpg.connect(owner_url)
    try:
        await dump.execute("begin isolation level repeatable read")
        await dump.fetch("select 1 from outbox limit 1")
        yield
    finally:
        await dump.close()


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield
