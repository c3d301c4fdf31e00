"""What a look at the outbox and a mark cost, while 10 thousand, 100 thousand or a million wait.

All three backlogs are there at once and take turns in an order drawn anew each time. In the second
half an old snapshot is held on each, as by a dump: nothing that is marked can be cleared away.
"""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
from kairos_chassis.bus import publishing
from kairos_chassis.bus.incarnation import recognise
from kairos_chassis.bus.lease import Leases
from kairos_chassis.bus.settled import Settled
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.testing.bus_database import make_database

from benchmarks.report import Row
from benchmarks.rounds import Sample, median, paired, shuffled_rounds
from benchmarks.stage import Stage

CLUSTER = "bench"
LOOK = 500
TURNS = 8  # twice as many looks are fewer than the smallest backlog
_FILL = """
insert into outbox (event_id, topic, key, sequence, shard, network_id, type, subject, time, data,
  dataschema)
select uuidv7(), 't', key, 1, n % 16, gen_random_uuid(), 'a.b.v1', key, now(),
  convert_to(repeat('x', 300), 'UTF8'), 'urn:x'
from (select n, gen_random_uuid()::text as key from generate_series(1, $1) as n) as made
"""


@dataclass(slots=True)
class Backlog:
    """An outbox with so many events, and a relay's side of it."""

    db: Database
    owner_url: str
    leases: Leases
    settled: Settled

    async def turn(self) -> Sample:
        """One look at 500 and their marks."""
        held = self.leases.held()
        started = time.perf_counter()
        await self.settled.move(self.db)
        rows = await publishing.unpublished(self.db, list(held), [], LOOK, after=self.settled.bound)
        ids = {row["id"]: row["recorded_on"] for row in rows}
        await publishing.mark(self.db, CLUSTER, held, self.leases.holder, ids)
        return {"ms": (time.perf_counter() - started) * 1000}


async def measure(stage: Stage, sizes: list[int]) -> list[Row]:
    """The largest against the smallest backlog, quiet and with old snapshots held."""
    rows: list[Row] = []
    async with AsyncExitStack() as open_:
        backlogs: dict[str, Backlog] = {}
        for size in sizes:
            backlogs[str(size)] = await _fill(stage, size)
            open_.push_async_callback(backlogs[str(size)].db.close)

        async def turn(name: str) -> Sample:
            return await backlogs[name].turn()

        for what in ("quiet", "old snapshots held"):
            if what != "quiet":
                for one in backlogs.values():
                    await _hold(open_, one.owner_url)
            await turn(str(sizes[0]))  # the first look plans
            samples = await shuffled_rounds(list(backlogs), TURNS, turn)
            rows.append(_row(samples, sizes, what))
    return rows


def _row(samples: dict[str, list[Sample]], sizes: list[int], what: str) -> Row:
    most, fewest = str(sizes[-1]), str(sizes[0])
    return Row(
        name=f"look and mark, {sizes[-1]:,} / {sizes[0]:,} waiting, {what}",
        ratio=paired(samples[most], samples[fewest], "ms"),
        at_most=2.0,
        figures={f"ms_at_{size}": median(samples[str(size)], "ms") for size in sizes},
    )


async def _fill(stage: Stage, size: int) -> Backlog:
    url, owner_url = await make_database(stage.postgres.admin_url, "backlog")
    db = await Database.connect(url, SystemClock(), size=2, name="bench")
    await recognise(db, CLUSTER)
    leases = Leases(db, seconds=3600.0)
    await leases.claim()
    owner = await asyncpg.connect(owner_url)
    await owner.execute(_FILL, size)
    await owner.execute("analyze outbox")
    await owner.close()
    return Backlog(db, owner_url, leases, Settled())


async def _hold(open_: AsyncExitStack, owner_url: str) -> None:
    dump = await asyncpg.connect(owner_url)
    open_.push_async_callback(dump.close)
    await dump.execute("begin isolation level repeatable read")
    await dump.fetch("select 1 from outbox limit 1")
