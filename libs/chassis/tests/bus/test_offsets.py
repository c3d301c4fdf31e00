"""Offsets follow effects, and a rebalance waits for what is in hand."""

import asyncio
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from kairos_chassis.testing.bus_station import PARTITIONS, Station
from prometheus_client import REGISTRY


async def committed(station: Station) -> int:
    """The sum of the group's committed offsets."""
    reader = AIOKafkaConsumer(
        bootstrap_servers=station.settings.bootstrap,
        group_id=f"kairos.{station.handlers.service}",
        enable_auto_commit=False,
    )
    await reader.start()
    try:
        places = [TopicPartition(station.topic, n) for n in range(PARTITIONS)]
        return sum([await reader.committed(place) or 0 for place in places])
    finally:
        await reader.stop()


async def die_when(station: Station, reached: asyncio.Event) -> None:
    """A consumer that ends like a killed process: nothing is finished, nothing committed."""
    async with station.consuming():
        await asyncio.wait_for(reached.wait(), 30)
        raise asyncio.CancelledError


async def test_offset_is_committed_after_the_effect_and_not_before(station: Station) -> None:
    key = uuid4()
    entered = asyncio.Event()

    async def hang(_: UUID, __: int) -> None:
        entered.set()
        await asyncio.Event().wait()

    station.before = hang
    async with station.relaying(heartbeat_seconds=3600.0):
        await station.publish(key, 1)
        await station.published()
    with pytest.raises(asyncio.CancelledError):
        await die_when(station, entered)
    assert await committed(station) <= 1  # the relay's one heartbeat may lie before
    assert await station.effects(key) == []

    station.before = None
    async with station.consuming():
        await station.applied(key, 1)
    assert station.calls == [(key, 1), (key, 1)]


async def test_stop_finishes_the_event_in_hand_and_commits_it(station: Station) -> None:
    key = uuid4()
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: UUID, __: int) -> None:
        entered.set()
        await go_on.wait()

    station.before = slow
    async with station.relaying():
        await station.publish(key, 1)
        async with station.consuming() as consumer:
            await entered.wait()
            consumer.stop()
            go_on.set()
    assert await station.effects(key) == [1]
    assert await committed(station) >= 1


async def test_rebalance_waits_for_the_event_in_hand_and_its_offset(station: Station) -> None:
    keys = [uuid4() for _ in range(8)]
    entered = asyncio.Event()

    async def slow_at_first(_: UUID, __: int) -> None:
        if not entered.is_set():
            entered.set()
            await asyncio.sleep(5)  # longer than a group needs to settle

    station.before = slow_at_first
    async with station.relaying():
        for key in keys:
            await station.publish(key, *range(1, 6))
        await station.published()
        async with station.consuming(concurrency=1):
            await entered.wait()
            async with station.consuming(concurrency=1):
                for key in keys:
                    await station.applied(key, 1, 2, 3, 4, 5)

    assert len(station.calls) == len(set(station.calls)) == 40
    again = {"topic": station.topic, "outcome": "duplicate"}
    assert REGISTRY.get_sample_value("kairos_consumer_events_total", again) is None
