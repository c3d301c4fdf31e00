"""For tests of the bus: a small service of one event over a real database and a real broker.

The event counts: each key's events carry 1, 2, 3 … and the handler writes each number it is given
into the table `effect`, so a lost, doubled or misplaced event shows.
"""

import asyncio
import functools
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from kairos_events.envelope import Envelope
from kairos_events.model import PublicEvent, Reader

from kairos_chassis import outbox
from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.consumer import Consumer
from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.bus.relay import Relay
from kairos_chassis.clock import Clock, SystemClock
from kairos_chassis.db import Database, Transaction
from kairos_chassis.handlers import Handlers
from kairos_chassis.testing.bus_database import make_database

SERVICE = "busbench"
PARTITIONS = 3
NETWORK = UUID("0190b6a0-0000-7000-8000-000000000001")
PATIENCE_SECONDS = 45.0

_numbers = itertools.count(1)


class ReadsCounted(Reader, type="busbench.counted.v1"):
    """What the handler needs of the event."""

    counter_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class OneTopic:
    """A catalogue of one event on one topic."""

    topic: str

    def knows(self, event_type: str) -> bool:
        """Only the counting event is known."""
        return event_type == ReadsCounted.type

    def topic_of(self, event_type: str) -> str:
        """The topic. Raises KeyError for another event."""
        if not self.knows(event_type):
            raise KeyError(event_type)
        return self.topic

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has."""
        return {self.topic: PARTITIONS}[topic]


async def eventually(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until something outside this process has become true. Raises AssertionError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await holds():
        assert time.monotonic() < deadline, f"never: {what}"
        await asyncio.sleep(0.02)


@dataclass(slots=True, kw_only=True)
class Station:
    """A service's bus side in a test."""

    db: Database
    url: str
    owner_url: str
    settings: BusSettings
    topic: str
    handlers: Handlers
    freshness: Freshness
    before: Callable[[UUID, int], Awaitable[None]] | None = None
    calls: list[tuple[UUID, int]] = field(default_factory=list)
    stuck: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, key: UUID, *numbers: int) -> None:
        """Append events to the outbox, each in a transaction of its own."""
        for number in numbers:
            async with self.db.transaction(NETWORK) as tx:
                await outbox.append(tx, counted(self.topic, key, number))

    async def effects(self, key: UUID) -> list[int]:
        """The numbers applied for a key, in the order of their application."""
        rows = await self.rows("select number from effect where key = $1 order by id", key)
        return [row["number"] for row in rows]

    async def rows(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of the service's database."""
        async with self.db.transaction(None) as tx:
            return await tx.connection.fetch(sql, *arguments)

    async def applied(self, key: UUID, *numbers: int) -> None:
        """Wait until exactly these numbers were applied for a key."""

        async def holds() -> bool:
            return await self.effects(key) == list(numbers)

        await eventually(holds, f"{list(numbers)} applied; last {await self.effects(key)}")

    async def published(self) -> None:
        """Wait until nothing in the outbox is unpublished."""

        async def holds() -> bool:
            return not await self.rows("select from outbox where published_at is null limit 1")

        await eventually(holds, "outbox published")

    async def parked(self, key: UUID, reason: str) -> None:
        """Wait until a key is parked for that reason."""

        async def holds() -> bool:
            sql = "select from parked_key where key = $1 and reason = $2"
            return bool(await self.rows(sql, str(key), reason))

        await eventually(holds, f"key parked: {reason}")

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[ClusterWatch]:
        """A cluster watch that runs."""
        watch = ClusterWatch(self.settings, self.make_topic)
        async with running(watch.run()):
            yield watch

    @asynccontextmanager
    async def relaying(self, **options: Any) -> AsyncIterator[Relay]:
        """A relay that runs, and stops in order."""
        async with self.watching() as watch:
            options.setdefault("heartbeat_seconds", 0.2)
            relay = Relay(
                db=self.db,
                watch=watch,
                settings=self.settings,
                service=SERVICE,
                topics=[self.topic],
                **options,
            )
            async with running(relay.run(), relay.stop):
                yield relay

    @asynccontextmanager
    async def consuming(self, **options: Any) -> AsyncIterator[Consumer]:
        """A consumer that runs, and stops in order."""
        async with self.watching() as watch:
            consumer = Consumer(
                db=self.db,
                watch=watch,
                settings=self.settings,
                handlers=self.handlers,
                catalogue=OneTopic(self.topic),
                on_stuck=self.stuck.set,
                **options,
            )
            async with running(consumer.run(), consumer.stop):
                yield consumer

    async def make_topic(self, admin: AIOKafkaAdminClient, repair: bool) -> None:
        """Create this station's topic if it is missing, or anew if the broker made it wrongly."""
        found = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics()}
        if repair and found.get(self.topic, PARTITIONS) != PARTITIONS:
            await admin.delete_topics([self.topic])
            del found[self.topic]
        if self.topic not in found:
            await admin.create_topics([NewTopic(self.topic, PARTITIONS, 1)])

    @asynccontextmanager
    async def producing(self) -> AsyncIterator[AIOKafkaProducer]:
        """A bare producer, for records no relay would send."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.bootstrap)
        await admin.start()
        try:
            await self.make_topic(admin, False)
        finally:
            await admin.close()
        producer = AIOKafkaProducer(bootstrap_servers=self.settings.bootstrap)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    async def on_topic(self, key: UUID, at_least: int) -> list[int]:
        """The sequences of a key's records on the broker, as they lie there."""
        reader = AIOKafkaConsumer(
            self.topic,
            bootstrap_servers=self.settings.bootstrap,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
        )
        await reader.start()
        found: list[int] = []
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(found) < at_least:
                    for records in (await reader.getmany(timeout_ms=200)).values():
                        found += [
                            int(dict(one.headers)["ce_sequence"])
                            for one in records
                            if one.key == str(key).encode()
                        ]
        finally:
            await reader.stop()
        return found

    async def on_counted(self, event: ReadsCounted, envelope: Envelope, tx: Transaction) -> None:
        """The handler: note the call, do what the test wants first, write the effect."""
        self.calls.append((event.counter_id, event.number))
        if self.before is not None:
            await self.before(event.counter_id, event.number)
        await tx.connection.execute(
            "insert into effect (key, number) values ($1, $2)", event.counter_id, event.number
        )

    @classmethod
    @asynccontextmanager
    async def open(
        cls, admin_url: str, settings: BusSettings, clock: Clock | None = None
    ) -> AsyncIterator[Self]:
        """A station with a fresh database and a topic of its own."""
        url, owner_url = await make_database(admin_url, SERVICE)
        db = await Database.connect(url, clock or SystemClock(), size=8, name="busbench")
        handlers = Handlers(f"{SERVICE}{next(_numbers)}")
        topic = f"{handlers.service}.events"
        station = cls(
            db=db,
            url=url,
            owner_url=owner_url,
            settings=settings,
            topic=topic,
            handlers=handlers,
            freshness=Freshness(handlers.service, {topic: PARTITIONS}),
        )
        handlers.on(ReadsCounted)(station.on_counted)
        try:
            yield station
        finally:
            await db.close()


def counted(topic: str, key: UUID, number: int) -> PublicEvent:
    """A counting event for a topic of the test's own."""
    return _counted_on(topic)(counter_id=key, number=number)


@functools.cache
def _counted_on(topic: str) -> Callable[..., PublicEvent]:
    class CountedV1(PublicEvent, type=ReadsCounted.type, topic=topic, key="counter_id"):
        """A key has reached a number."""

        counter_id: UUID
        """Opaque id of the counter."""
        number: int
        """How far it has counted."""

    return CountedV1


@asynccontextmanager
async def running(
    work: Any, stop: Callable[[], None] | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    """Work as a task: stopped in order if it can be, cancelled otherwise. Its errors surface."""
    task: asyncio.Task[None] = asyncio.create_task(work)
    try:
        yield task
        if stop is not None:
            stop()
            await asyncio.wait_for(task, PATIENCE_SECONDS)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
