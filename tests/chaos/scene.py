"""One round: a load, a crew, a fault, and the reckoning."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.testing.bus_database import make_database
from kairos_chassis.testing.history import History, Kind, Verdict, check

from tests.chaos.crew import Crew
from tests.chaos.duties import CONSUMERS, PRODUCER, TABLES, Spec
from tests.chaos.ground import Ground
from tests.chaos.load import Load

READY_S = 60.0
DRAINED_S = 120.0  # more than it may take, so that what is slow is told from what is stuck


@dataclass(slots=True)
class Scene:
    """Everything a fault may reach for."""

    ground: Ground
    crew: Crew
    load: Load
    specs: dict[str, Spec]
    databases: dict[str, Database]
    owners: dict[str, str]
    dice: random.Random
    seconds: float  # how long a fault lasts, and the load before and after it
    rebuilt: bool = False  # the broker came back empty

    def spec(self, service: str, **changes: object) -> Spec:
        """What a process of that service is told."""
        return replace(self.specs[service], seed=self.dice.randrange(1 << 30), **changes)  # type: ignore[arg-type]

    async def hire(self) -> None:
        """A relay, and a consumer of each service."""
        await self.crew.hire("relay", "relay", self.spec(PRODUCER))
        for service in CONSUMERS:
            await self.crew.hire(service, "consumer", self.spec(service))

    async def caught_up(self, wanted: int, patience_s: float) -> float | None:
        """Wait until each consumer has had so many effects. Returns when; None if never."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            try:
                counts = [await self._effects(one, wanted) for one in CONSUMERS]
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                counts = [0]
            if min(counts) >= wanted:
                return time.monotonic()
            await asyncio.sleep(0.1)
        return None

    async def _effects(self, service: str, wanted: int) -> int:
        """How many there are, exactly once there may be enough: counting a million takes long."""
        at_most: int = (
            await self.databases[service].fetch("select coalesce(max(id), 0) from effect")
        )[0][0]
        if at_most < wanted:
            return at_most
        count: int = (await self.databases[service].fetch("select count(*) from effect"))[0][0]
        return count

    async def history(self) -> History:
        """What was promised and what came of it."""
        effects: dict[str, dict[str, list[int]]] = {}
        waiting: dict[str, list[str]] = {}
        for service in CONSUMERS:
            rows = await self.databases[service].fetch(
                "select key::text, array_agg(number order by id) as numbers from effect group by 1"
            )
            effects[service] = {row["key"]: list(row["numbers"]) for row in rows}
            parked = await self.databases[service].fetch("select key from parked_key")
            waiting[service] = [row["key"] for row in parked]
        pending = await self.databases[PRODUCER].fetch(
            "select distinct key from outbox where published_at is null"
        )
        waiting[PRODUCER] = [row["key"] for row in pending]
        return History(
            acknowledged=self.load.acknowledged,
            uncertain=self.load.uncertain,
            records=await self._records(),
            effects=effects,
            waiting=waiting,
            rebuilt=self.rebuilt,
        )

    async def _records(self) -> list[tuple[str, int]]:
        """What lies on the topic, partition by partition, up to where each ended when asked."""
        reader = AIOKafkaConsumer(
            self.load.topic,
            bootstrap_servers=self.ground.broker.bootstrap,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
        )
        await reader.start()
        found: list[tuple[str, int]] = []
        try:
            ends = await reader.end_offsets(reader.assignment())
            until = time.monotonic() + DRAINED_S
            while not all([await _read_to(reader, one, end) for one, end in ends.items()]):
                assert time.monotonic() < until, "the topic cannot be read to its end"
                polled = await reader.getmany(timeout_ms=500, max_records=5_000)
                found += [
                    (one.key.decode(), int(dict(one.headers)["ce_sequence"]))
                    for some in polled.values()
                    for one in some
                    if one.key is not None
                ]
        finally:
            await reader.stop()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What a round showed."""

    acknowledged: int
    restarts: int
    verdicts: list[Verdict]
    recovery_s: float | None
    normal_p99_ms: float
    fault_p99_ms: float | None  # None where no command was answered, as without a database

    def count(self, kind: Kind) -> int:
        """How often that went wrong."""
        return Counter(one.kind for one in self.verdicts)[kind]


async def _read_to(reader: AIOKafkaConsumer, place: TopicPartition, end: int) -> bool:
    """Tansu, asked for the end, names the first record of the last batch: an answer knows more."""
    known = reader.highwater(place)
    if known is None:
        return end == 0
    position: int = await reader.position(place)
    return bool(position >= max(end, known))


Fault = Callable[[Scene], Awaitable[None]]


async def play(scene: Scene, fault: Fault) -> Reckoning:
    """Load, fault, load; then wait for everything, and reckon."""
    await scene.hire()
    tasks = [asyncio.create_task(scene.crew.watch()), asyncio.create_task(scene.load.run())]
    try:
        assert await scene.caught_up(10, READY_S) is not None, "the crew does not start"
        begin = time.monotonic()
        await asyncio.sleep(scene.seconds)
        normal = scene.load.answered_within(begin, time.monotonic())
        struck = time.monotonic()
        await fault(scene)
        healed = time.monotonic()
        during = scene.load.answered_within(struck, healed)
        backlog = scene.load.count
        recovered = await scene.caught_up(backlog, DRAINED_S)
        again = time.monotonic()
        await asyncio.sleep(scene.seconds)
        # Before and after: whatever else the machine does falls on both sides of the comparison.
        normally = [normal, scene.load.answered_within(again, time.monotonic())]
        tasks[1].cancel()
        await asyncio.wait({tasks[1]})
        await scene.caught_up(scene.load.count, DRAINED_S)
        await _published(scene)
        verdicts = check(await scene.history())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return Reckoning(
        acknowledged=scene.load.count,
        restarts=scene.crew.deaths,
        verdicts=verdicts,
        recovery_s=None if recovered is None else max(0.0, recovered - healed),
        normal_p99_ms=max(_p99_ms(one) or 0.0 for one in normally),
        fault_p99_ms=_p99_ms(during),
    )


@asynccontextmanager
async def scene_on(ground: Ground, *, seed: int, seconds: float) -> AsyncIterator[Scene]:
    """Fresh databases, a topic of its own, and nobody at work yet."""
    topic = f"chaos_{secrets.token_hex(3)}.events"
    specs: dict[str, Spec] = {}
    databases: dict[str, Database] = {}
    owners: dict[str, str] = {}
    crew = Crew(ground.folder, ground.hands)
    try:
        for service in (PRODUCER, *CONSUMERS):
            url, owners[service] = await make_database(ground.postgres.admin_url, service)
            await _add_tables(owners[service], url)
            databases[service] = await Database.connect(
                url, SystemClock(), size=16 if service == PRODUCER else 2, name="chaos-test"
            )
            specs[service] = Spec(
                service=service,
                url=url,
                bootstrap=ground.broker.bootstrap,
                topic=topic,
                idempotence=ground.broker.idempotence,
            )
        load = Load(databases[PRODUCER], topic, seed)
        dice = random.Random(seed)
        yield Scene(ground, crew, load, specs, databases, owners, dice, seconds)
    finally:
        await crew.disband()
        for db in databases.values():
            await db.close()


async def _add_tables(owner_url: str, url: str) -> None:
    role = url.partition("//")[2].partition(":")[0]
    owner = await asyncpg.connect(owner_url)
    try:
        await owner.execute(TABLES.replace("{runtime}", role))
    finally:
        await owner.close()


async def _published(scene: Scene) -> None:
    """The relay marks what it sent; what it has not marked after a while it never will."""
    until = time.monotonic() + READY_S
    query = "select exists (select from outbox where published_at is null) as left"
    while time.monotonic() < until:
        if not (await scene.databases[PRODUCER].fetch(query))[0]["left"]:
            return
        await asyncio.sleep(0.1)


def _p99_ms(seconds: list[float]) -> float | None:
    return seconds[int(len(seconds) * 0.99)] * 1000 if seconds else None
