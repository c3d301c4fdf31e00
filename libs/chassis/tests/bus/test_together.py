"""A backlog goes in transactions of many events, and one by one where that cannot be."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from kairos_chassis.bus.broker import BusSettings
from kairos_chassis.bus.delivery import Delivery
from kairos_chassis.bus.inbox import lock_key
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.testing.bus_station import NETWORK, OneTopic, Station, counted
from kairos_events.envelope import Envelope, encode
from kairos_events.uuid7 import uuid7


@pytest.fixture
async def alone(postgres_admin_url: str) -> AsyncIterator[Station]:
    """A station without a broker: records are handed over."""
    nowhere = BusSettings(bootstrap="127.0.0.1:9", client_id="alone")
    async with Station.open(postgres_admin_url, nowhere) as opened:
        yield opened


@pytest.fixture
def delivery(alone: Station) -> Delivery:
    return Delivery(alone.db, alone.handlers, OneTopic(alone.topic))


def records(station: Station, key: UUID, numbers: Sequence[int]) -> list[KafkaRecord]:
    return [record(station, key, number) for number in numbers]


def record(station: Station, key: UUID, number: int, network: UUID = NETWORK) -> KafkaRecord:
    event = counted(station.topic, key, number)
    envelope = Envelope(
        id=uuid7(),
        type=event.type,
        source=event.source,
        time=datetime.now(UTC),
        subject=str(key),
        dataschema=event.dataschema,
        network=network,
        sequence=number,
        data=event.to_json(),
        key=str(key),
    )
    encoded = encode(envelope)
    return KafkaRecord(
        topic=station.topic,
        partition=0,
        offset=number,
        timestamp_ms=0,
        key=encoded.key,
        value=encoded.value,
        headers=tuple(encoded.headers),
    )


async def test_events_of_several_keys_are_applied_in_one_transaction(
    alone: Station, delivery: Delivery
) -> None:
    keys = [uuid4() for _ in range(3)]
    polled = [one for key in keys for one in records(alone, key, range(1, 6))]

    assert await delivery.deliver_many(polled)

    for key in keys:
        assert await alone.effects(key) == [1, 2, 3, 4, 5]
    assert len(await alone.rows("select distinct xmin::text from effect")) == 1


async def test_duplicates_among_them_are_not_applied_again(
    alone: Station, delivery: Delivery
) -> None:
    key = uuid4()
    first = records(alone, key, [1, 2, 3])
    assert await delivery.deliver_many(first)

    assert await delivery.deliver_many([*first, *records(alone, key, [4, 5])])

    assert await alone.effects(key) == [1, 2, 3, 4, 5]


async def test_one_that_fails_takes_nothing_with_it(alone: Station, delivery: Delivery) -> None:
    good, bad = uuid4(), uuid4()
    polled = records(alone, good, [1, 2]) + records(alone, bad, [1, 2])

    async def fails(key: UUID, number: int) -> None:
        if key == bad and number == 2:
            raise ZeroDivisionError

    alone.before = fails
    assert not await delivery.deliver_many(polled)
    assert await alone.rows("select from effect") == []

    for one in polled:
        await delivery.deliver(one)
    assert await alone.effects(good) == [1, 2]
    assert await alone.effects(bad) == [1]


async def test_gap_is_left_to_the_single_way(alone: Station, delivery: Delivery) -> None:
    assert not await delivery.deliver_many(records(alone, uuid4(), [1, 3]))
    assert await alone.rows("select from inbox_outcome") == []


async def test_parked_key_is_left_to_the_single_way(alone: Station, delivery: Delivery) -> None:
    key = uuid4()
    await delivery.deliver(record(alone, key, 2))  # waits for 1

    assert not await delivery.deliver_many(records(alone, key, [1, 2, 3]))


async def test_events_of_two_networks_do_not_go_together(
    alone: Station, delivery: Delivery
) -> None:
    polled = [record(alone, uuid4(), 1), record(alone, uuid4(), 1, network=uuid4())]

    assert not await delivery.deliver_many(polled)


async def test_key_that_another_member_works_on_is_not_waited_for(
    alone: Station, delivery: Delivery
) -> None:
    key = uuid4()
    async with alone.db.transaction(None) as tx:
        await lock_key(tx, alone.handlers.service, alone.topic, str(key))

        assert not await delivery.deliver_many(records(alone, key, [1, 2]))
