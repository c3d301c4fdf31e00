"""How long a fact takes from the commit of its cause to the commit of its effect elsewhere.

PostgreSQL's own commit times on both sides, at a steady rate. Twice: with an effect of one row,
which is the bus alone, and with what the integration service makes of a discharge.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from kairos_chassis.testing.bus_database import make_database
from kairos_local.broker import Broker, ephemeral_broker

from benchmarks.bus import idempotence, service, topics
from benchmarks.orders import OrderProcess
from benchmarks.report import Row
from benchmarks.rounds import Sample, median, paired, shuffled_rounds
from benchmarks.stage import Stage, execute

SETTLE_SECONDS = 15.0
GOAL_MS = {"p50": 4.0, "p99": 10.0}  # where the broker alone takes 2 and 4
BROKER, EFFECT = "broker", "effect"

_COMMITTED = "SELECT key, pg_xact_commit_timestamp(xmin) AS at FROM outbox_key WHERE topic = $1"
_ROWS = "SELECT key::text AS key, pg_xact_commit_timestamp(xmin) AS at FROM effect"
_EPISODES = "SELECT patient_id::text AS key, pg_xact_commit_timestamp(xmin) AS at FROM episode"


@dataclass(frozen=True, slots=True)
class Ends:
    """The databases of the two ends, and how the effects are asked for."""

    source_url: str
    target_url: str
    effects: str


async def measure(stage: Stage, *, rounds: int, per_second: int, seconds: float) -> list[Row]:
    """Both effects, each against the broker alone in the same rounds."""
    await _track_commits(stage)
    order = {"per_second": per_second, "seconds": seconds}
    rows: list[Row] = []
    with ephemeral_broker() as broker:
        await topics(broker)
        source = await stage.databases.make("integration")
        os.environ["SOURCE_DATABASE_URL"] = source.runtime_url
        os.environ["SOURCE_BOOTSTRAP"] = broker.bootstrap
        os.environ["SOURCE_IDEMPOTENCE"] = idempotence(broker)
        raw = await OrderProcess.start("benchmarks.raw", broker.bootstrap, idempotence(broker))
        discharges = await OrderProcess.start("benchmarks.source")
        try:
            for name, opened in (("one row", _one_row), ("episode", _episode)):
                async with opened(stage, broker, source.admin_url) as ends:
                    samples = await _rounds(ends, raw, discharges, order, rounds)
                rows.append(_row(name, samples, per_second, broker))
        finally:
            await discharges.stop()
            await raw.stop()
            stage.stop()
    return rows


async def _rounds(
    ends: Ends,
    raw: OrderProcess,
    discharges: OrderProcess,
    order: dict[str, float],
    rounds: int,
) -> dict[str, list[Sample]]:
    async def measure_one(name: str) -> Sample:
        if name == BROKER:
            return await raw.give(order, within_seconds=order["seconds"] + 30)
        before = await _commits(ends.source_url, _COMMITTED, "dosing.events")
        await discharges.give(order, within_seconds=order["seconds"] + 30)
        return await _delays(ends, before.keys())

    for name in (BROKER, EFFECT):
        await measure_one(name)
    return await shuffled_rounds([BROKER, EFFECT], rounds, measure_one)


@asynccontextmanager
async def _one_row(stage: Stage, broker: Broker, source_url: str) -> AsyncIterator[Ends]:
    """The chassis's consumer, whose handler writes one row."""
    url, owner_url = await make_database(stage.postgres.admin_url, "bench")
    consumer = await OrderProcess.start("benchmarks.consuming")
    told = {
        "mode": "follow",
        "group": "benchrow",
        "url": url,
        "bootstrap": broker.bootstrap,
        "idempotence": broker.idempotence,
    }
    await consumer.give(told, within_seconds=60)
    try:
        yield Ends(source_url, owner_url, _ROWS)
    finally:
        await consumer.stop()


@asynccontextmanager
async def _episode(stage: Stage, broker: Broker, source_url: str) -> AsyncIterator[Ends]:
    """The integration service, which opens an episode, its deadline, its event and its task."""
    target = await stage.databases.make("integration")
    server = await service(stage, "serve", target, broker, work_in_serve="true")
    try:
        yield Ends(source_url, target.admin_url, _EPISODES)
    finally:
        stage.stop(server)


async def _track_commits(stage: Stage) -> None:
    """PostgreSQL then knows to the microsecond when each row became visible."""
    await execute(stage.postgres.admin_url, "ALTER SYSTEM SET track_commit_timestamp = on")
    await asyncio.to_thread(stage.postgres.stop)
    await asyncio.to_thread(stage.postgres.start)


async def _commits(url: str, query: str, *arguments: str) -> dict[str, float]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(query, *arguments)
    finally:
        await connection.close()
    return {row["key"]: row["at"].timestamp() for row in rows}


async def _delays(ends: Ends, before: Set[str]) -> Sample:
    """The delays of discharges since `before`. Raises RuntimeError where effects are missing."""
    committed = await _commits(ends.source_url, _COMMITTED, "dosing.events")
    wanted = {key: at for key, at in committed.items() if key not in before}
    give_up = time.perf_counter() + SETTLE_SECONDS
    while True:
        effects = await _commits(ends.target_url, ends.effects)
        if wanted.keys() <= effects.keys():
            break
        if time.perf_counter() > give_up:
            raise RuntimeError(f"{len(wanted.keys() - effects.keys())} effects are missing")
        await asyncio.sleep(0.2)
    delays = sorted((effects[key] - at) * 1000 for key, at in wanted.items())
    return {"p50_ms": delays[len(delays) // 2], "p99_ms": delays[int(len(delays) * 0.99)]}


def _row(name: str, samples: dict[str, list[Sample]], per_second: int, broker: Broker) -> Row:
    effect, alone = samples[EFFECT], samples[BROKER]
    return Row(
        name=f"commit to effect ({name}) / {broker.kind} alone, {per_second}/s",
        ratio=paired(effect, alone, "p50_ms"),
        figures={
            **{figure: median(effect, figure) for figure in ("p50_ms", "p99_ms")},
            **{f"broker_{figure}": median(alone, figure) for figure in ("p50_ms", "p99_ms")},
            **{f"goal_{figure}_ms": goal for figure, goal in GOAL_MS.items()},
        },
    )
