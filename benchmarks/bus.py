"""The bus: how fast a backlog drains, and how long a fact takes from commit to effect."""

import asyncio
import itertools
import os
import secrets
import time
from collections.abc import Set

import asyncpg
from kairos_chassis.testing.bus_database import make_database
from kairos_chassis.testing.databases import ServiceDatabase
from kairos_events.topics import TopicToCreate, topics_to_create
from kairos_local.broker import Broker, ephemeral_broker
from kairos_local.topics import create_topics

from benchmarks.events import discharge
from benchmarks.orders import OrderProcess
from benchmarks.raw import LATENCY_TOPIC
from benchmarks.report import Row
from benchmarks.rounds import Sample, median, paired, shuffled_rounds
from benchmarks.stage import Server, Stage, execute

TOPIC = "integration.events"
DRAIN_SECONDS = 60.0
SETTLE_SECONDS = 15.0
RELAY_GOAL = 0.8
LATENCY_GOAL_MS = {"p50": 4.0, "p99": 10.0}  # where the broker alone takes 2 and 4
RAW, RELAY = "raw", "relay"
SINGLE, BATCH = "single", "batch"
BROKER, EFFECT = "broker", "effect"

_BACKLOG = """
INSERT INTO outbox (event_id, topic, key, sequence, shard, network_id, type, subject, time, data,
  dataschema)
SELECT uuidv7(), $1, key, 1, n % 16, gen_random_uuid(), $2, key, now(), $3, $4
FROM (SELECT n, gen_random_uuid()::text AS key FROM generate_series(1, $5) AS n) AS made
"""
_PENDING = "SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)"
_COMMITTED = "SELECT key, pg_xact_commit_timestamp(xmin) AS at FROM outbox_key WHERE topic = $1"
_EFFECTS = "SELECT patient_id::text AS key, pg_xact_commit_timestamp(xmin) AS at FROM episode"


async def relay(stage: Stage, *, rounds: int, events: int) -> list[Row]:
    """A backlog through the relay of a real service, against a bare producer."""
    with ephemeral_broker() as broker:
        await _topics(broker)
        database = await stage.databases.make("integration")
        worker = await _service(stage, "work", database, broker)
        raw = await OrderProcess.start("benchmarks.raw", broker.bootstrap, _idempotence(broker))
        admin = await asyncpg.connect(database.admin_url)

        async def measure(name: str) -> Sample:
            if name == RAW:
                order = {"topic": TOPIC, "count": events}
                return await raw.give(order, within_seconds=DRAIN_SECONDS)
            return await _drain(admin, worker, events)

        try:
            await measure(RAW)
            await measure(RELAY)
            samples = await shuffled_rounds([RAW, RELAY], rounds, measure)
        finally:
            await admin.close()
            await raw.stop()
            stage.stop()
    return [_relay_row(samples, broker)]


async def latency(stage: Stage, *, rounds: int, per_second: int, seconds: float) -> list[Row]:
    """From the commit of a discharge to the commit of the episode it opens, in another service."""
    await _track_commits(stage)
    with ephemeral_broker() as broker:
        await _topics(broker)
        source, target = [await stage.databases.make("integration") for _ in range(2)]
        await _service(stage, "serve", target, broker, work_in_serve="true")
        raw = await OrderProcess.start("benchmarks.raw", broker.bootstrap, _idempotence(broker))
        os.environ["SOURCE_DATABASE_URL"] = source.runtime_url
        os.environ["SOURCE_BOOTSTRAP"] = broker.bootstrap
        os.environ["SOURCE_IDEMPOTENCE"] = _idempotence(broker)
        discharges = await OrderProcess.start("benchmarks.source")
        order = {"per_second": per_second, "seconds": seconds}

        async def measure(name: str) -> Sample:
            if name == BROKER:
                return await raw.give(order, within_seconds=seconds + 30)
            before = await _commits(source.admin_url, _COMMITTED, "dosing.events")
            await discharges.give(order, within_seconds=seconds + 30)
            return await _delays(source, target, before.keys())

        try:
            for name in (BROKER, EFFECT):
                await measure(name)
            samples = await shuffled_rounds([BROKER, EFFECT], rounds, measure)
        finally:
            await discharges.stop()
            await raw.stop()
            stage.stop()
    return [_latency_row(samples, per_second, broker)]


async def _service(
    stage: Stage, verb: str, database: ServiceDatabase, broker: Broker, **settings: str
) -> Server:
    return await stage.service(
        "integration",
        verb,
        database,
        notes_database_url=database.runtime_url,  # nobody asks for a note here
        sealing_key=secrets.token_hex(32),
        kafka_bootstrap=broker.bootstrap,
        kafka_idempotence=_idempotence(broker),
        **settings,
    )


async def _drain(
    admin: "asyncpg.Connection[asyncpg.Record]", worker: Server, events: int
) -> Sample:
    event = discharge()
    await admin.execute("VACUUM ANALYZE outbox")
    await admin.execute(_BACKLOG, TOPIC, event.type, event.to_json(), event.dataschema, events)
    started, cpu = time.perf_counter(), worker.cpu_seconds()
    while await admin.fetchval(_PENDING):
        if time.perf_counter() - started > DRAIN_SECONDS:
            raise RuntimeError("the backlog does not drain")
        await asyncio.sleep(0.02)
    took = time.perf_counter() - started
    return {"rate": events / took, "cpu_us": (worker.cpu_seconds() - cpu) / events * 1e6}


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


async def _delays(source: ServiceDatabase, target: ServiceDatabase, before: Set[str]) -> Sample:
    """The delays of discharges since `before`. Raises RuntimeError where effects are missing."""
    committed = await _commits(source.admin_url, _COMMITTED, "dosing.events")
    wanted = {key: at for key, at in committed.items() if key not in before}
    give_up = time.perf_counter() + SETTLE_SECONDS
    while True:
        effects = await _commits(target.admin_url, _EFFECTS)
        if wanted.keys() <= effects.keys():
            break
        if time.perf_counter() > give_up:
            raise RuntimeError(f"{len(wanted.keys() - effects.keys())} effects are missing")
        await asyncio.sleep(0.2)
    delays = sorted((effects[key] - at) * 1000 for key, at in wanted.items())
    return {"p50_ms": delays[len(delays) // 2], "p99_ms": delays[int(len(delays) * 0.99)]}


async def _topics(broker: Broker) -> None:
    latency = TopicToCreate(name=LATENCY_TOPIC, partitions=1, replication=1, configs={})
    await create_topics(
        broker.bootstrap,
        [*topics_to_create(replication=1), latency],
        disposable=not broker.durable,
    )


def _idempotence(broker: Broker) -> str:
    return str(broker.idempotence).lower()


def _relay_row(samples: dict[str, list[Sample]], broker: Broker) -> Row:
    bare, relayed = samples[RAW], samples[RELAY]
    return Row(
        name=f"relay / raw producer, {broker.kind}",
        ratio=paired(relayed, bare, "rate"),
        goal=RELAY_GOAL,
        figures={
            "cpu_ratio": paired(relayed, bare, "cpu_us").median,
            **{f"relay_{name}": median(relayed, name) for name in ("rate", "cpu_us")},
            **{f"raw_{name}": median(bare, name) for name in ("rate", "cpu_us")},
        },
    )


def _latency_row(samples: dict[str, list[Sample]], per_second: int, broker: Broker) -> Row:
    effect, alone = samples[EFFECT], samples[BROKER]
    return Row(
        name=f"commit to effect / {broker.kind} alone, {per_second}/s",
        ratio=paired(effect, alone, "p50_ms"),
        figures={
            **{name: median(effect, name) for name in ("p50_ms", "p99_ms")},
            **{f"broker_{name}": median(alone, name) for name in ("p50_ms", "p99_ms")},
            **{f"goal_{name}_ms": goal for name, goal in LATENCY_GOAL_MS.items()},
        },
    )


async def consuming(stage: Stage, *, rounds: int, events: int) -> list[Row]:
    """A full topic through the consumer: many events in a transaction against one each."""
    with ephemeral_broker() as broker:
        await _topics(broker)
        raw = await OrderProcess.start("benchmarks.raw", broker.bootstrap, _idempotence(broker))
        order = {"topic": "dosing.events", "count": events}
        await raw.give(order, within_seconds=DRAIN_SECONDS)
        await raw.stop()
        number = itertools.count()

        async def measure(mode: str) -> Sample:
            url, _ = await make_database(stage.postgres.admin_url, "bench")
            consumer = await OrderProcess.start("benchmarks.consuming")
            told = {
                "mode": mode,
                "group": f"bench{next(number)}",
                "url": url,
                "bootstrap": broker.bootstrap,
                "idempotence": broker.idempotence,
                "count": events,
            }
            try:
                return await consumer.give(told, within_seconds=DRAIN_SECONDS * 2)
            finally:
                await consumer.stop()

        samples = await shuffled_rounds([SINGLE, BATCH], rounds, measure)
    one, many = samples[SINGLE], samples[BATCH]
    return [
        Row(
            name=f"consumer, batch / single, {broker.kind}",
            ratio=paired(many, one, "rate"),
            figures={
                **{f"batch_{name}": median(many, name) for name in ("rate", "cpu_us")},
                **{f"single_{name}": median(one, name) for name in ("rate", "cpu_us")},
            },
        )
    ]
