"""What every broker here does, proved on each; and the one thing in which they differ."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from kairos_events.topics import TopicToCreate, topics
from kairos_local.broker import Broker, Kind, ephemeral_broker
from kairos_local.broker.probe import probe
from kairos_local.processes import Child, ProcessIdentity
from kairos_local.topics import TopicsDiffer, create_topics

PARTITIONS = 3
MEMBER = Path(__file__).parent / "group_member.py"


@pytest.fixture(scope="module", params=["kafka", "tansu"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    kind: Kind = request.param
    with ephemeral_broker(kind) as running:
        yield running


@pytest.fixture
async def topic(broker: Broker) -> str:
    name = f"test.{uuid4()}"
    await create_topics(broker.bootstrap, [wanted(name)])
    return name


def wanted(name: str, partitions: int = PARTITIONS) -> TopicToCreate:
    return TopicToCreate(name=name, partitions=partitions, replication=1, configs={})


def consumer(broker: Broker, topic: str, group: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
        rebalance_timeout_ms=30_000,
        metadata_max_age_ms=5_000,
    )


async def produce(broker: Broker, topic: str, keys: list[str]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, enable_idempotence=broker.idempotence, acks="all"
    )
    await producer.start()
    try:
        for key in keys:
            headers = [("ce_id", key.encode())]
            await producer.send_and_wait(topic, b"{}", key=key.encode(), headers=headers)
    finally:
        await producer.stop()


async def consume(broker: Broker, topic: str, group: str, count: int) -> list[str]:
    """The keys of the next `count` records of the group, committed."""
    member = consumer(broker, topic, group)
    await member.start()
    try:
        keys: list[str] = []
        while len(keys) < count:
            batches = await member.getmany(timeout_ms=200)
            keys += [record.key.decode() for batch in batches.values() for record in batch]
        await member.commit()
    finally:
        await member.stop()
    return keys


async def test_key_value_and_headers_arrive(broker: Broker, topic: str) -> None:
    await produce(broker, topic, ["a"])
    member = consumer(broker, topic, "headers")
    await member.start()
    try:
        record = await asyncio.wait_for(member.getone(), 30)
    finally:
        await member.stop()
    assert (record.key, record.value, record.headers) == (b"a", b"{}", (("ce_id", b"a"),))


async def test_a_group_goes_on_where_it_committed(broker: Broker, topic: str) -> None:
    await produce(broker, topic, ["a", "b"])
    assert sorted(await consume(broker, topic, "group", 2)) == ["a", "b"]
    await produce(broker, topic, ["c"])
    assert await consume(broker, topic, "group", 1) == ["c"]
    assert sorted(await consume(broker, topic, "another group", 3)) == ["a", "b", "c"]


async def test_a_survivor_takes_over_from_a_killed_member(
    broker: Broker, topic: str, tmp_path: Path
) -> None:
    log = tmp_path / "member.log"
    member = Child([sys.executable, str(MEMBER), broker.bootstrap, topic, "shared"], log=log)
    survivor = consumer(broker, topic, "shared")
    try:
        await eventually(lambda: "assigned" in log.read_text())
        await survivor.start()
        await eventually(lambda: 0 < len(survivor.assignment()) < PARTITIONS)
        os.kill(member.pid, signal.SIGKILL)
        await eventually(lambda: len(survivor.assignment()) == PARTITIONS)
    finally:
        await survivor.stop()
        member.stop(signal.SIGKILL, patience_s=5)


async def eventually(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for something in another process, of which no event tells this one."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_killed_broker_comes_back_on_its_port(broker: Broker, topic: str) -> None:
    """Kafka with its records under its cluster id, Tansu empty under a new one."""
    await produce(broker, topic, ["a"])
    port = int(broker.bootstrap.rpartition(":")[2])
    before = probe(port)
    assert before is not None
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    await eventually(lambda: not broker.alive())
    assert probe(port) is None
    broker.start()
    after = probe(port)
    assert after is not None
    assert (after == before) is broker.durable
    assert await exists(broker, topic) is broker.durable
    if broker.durable:
        assert await consume(broker, topic, "after", 1) == ["a"]


async def exists(broker: Broker, topic: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        return topic in await admin.list_topics()
    finally:
        await admin.close()


async def test_the_registry_s_topics_are_created_once(broker: Broker) -> None:
    assert sorted(await create_topics(broker.bootstrap)) == sorted(topics())
    assert await create_topics(broker.bootstrap) == []


async def test_a_topic_with_other_partitions_is_refused_or_replaced(broker: Broker) -> None:
    name = f"test.{uuid4()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await create_topics(broker.bootstrap, [wanted(name, PARTITIONS + 1)])
        if broker.durable:
            with pytest.raises(TopicsDiffer, match=name):
                await create_topics(broker.bootstrap, [wanted(name)])
        else:
            again = await create_topics(broker.bootstrap, [wanted(name)], disposable=True)
            assert again == [name]
            (found,) = await admin.describe_topics([name])
            assert len(found["partitions"]) == PARTITIONS
    finally:
        await admin.close()


def test_a_stopped_broker_leaves_nothing_running() -> None:
    with ephemeral_broker("tansu") as short_lived:
        assert short_lived.pid is not None
        identity = ProcessIdentity.of(short_lived.pid)
    assert identity is not None
    assert identity.find() is None
    assert probe(int(short_lived.bootstrap.rpartition(":")[2])) is None
