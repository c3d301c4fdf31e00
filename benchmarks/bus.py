"""The bus: how fast a backlog leaves through the relay and comes in through the consumer."""

import asyncio
import itertools
import secrets
import time

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
from benchmarks.stage import Server, Stage

TOPIC = "integration.events"
DRAIN_SECONDS = 60.0
RELAY_GOAL = 0.8
RAW, RELAY = "raw", "relay"
SINGLE, BATCH = "single", "batch"

_BACKLOG = """
INSERT INTO outbox (event_id, topic, key, sequence, shard, network_id, type, subject, time, data,
  dataschema)
SELECT uuidv7(), $1, key, 1, n % 16, gen_random_uuid(), $2, key, now(), $3, $4
FROM (SELECT n, gen_random_uuid()::text AS key FROM generate_series(1, $5) AS n) AS made
"""
# The relay's own way to look, so that asking costs little beside what is asked about.
_PENDING = "SELECT EXISTS (SELECT FROM relay_oldest(0, '1970-01-01', 9223372036854775807))"


async def relay(stage: Stage, *, rounds: int, events: int) -> list[Row]:
    """A backlog through the relay of a real service, against a bare producer."""
    with ephemeral_broker() as broker:
        await topics(broker)
        database = await stage.databases.make("integration")
        worker = await service(stage, "work", database, broker)
        raw = await OrderProcess.start("benchmarks.raw", broker.bootstrap, idempotence(broker))
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


async def service(
    stage: Stage, verb: str, database: ServiceDatabase, broker: Broker, **settings: str
) -> Server:
    return await stage.service(
        "integration",
        verb,
        database,
        notes_database_url=database.runtime_url,  # nobody asks for a note here
        sealing_key=secrets.token_hex(32),
        kafka_bootstrap=broker.bootstrap,
        kafka_idempotence=idempotence(broker),
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
        await asyncio.sleep(0.05)
    took = time.perf_counter() - started
    return {"rate": events / took, "cpu_us": (worker.cpu_seconds() - cpu) / events * 1e6}


async def topics(broker: Broker) -> None:
    latency = TopicToCreate(name=LATENCY_TOPIC, partitions=1, replication=1, configs={})
    await create_topics(
        broker.bootstrap,
        [*topics_to_create(replication=1), latency],
        disposable=not broker.durable,
    )


def idempotence(broker: Broker) -> str:
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


async def consuming(stage: Stage, *, rounds: int, events: int) -> list[Row]:
    """A full topic through the consumer: many events in a transaction against one each."""
    with ephemeral_broker() as broker:
        await topics(broker)
        raw = await OrderProcess.start("benchmarks.raw", broker.bootstrap, idempotence(broker))
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
