"""A backlog leaves in batches, and one record that no broker takes holds up its own key only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    ProducerClosed,
    RequestTimedOutError,
)
from asyncpg import Range
from kairos_chassis import outbox
from kairos_chassis.bus import bulk, publishing, sending
from kairos_chassis.bus.lease import Leases
from kairos_chassis.bus.publishing import unpublished
from kairos_chassis.bus.sending import Sent, key_of
from kairos_chassis.bus.wire import Wire
from kairos_chassis.testing.bus_station import NETWORK, SERVICE, Station, counted, eventually
from sqlalchemy.engine import make_url

MANY = 2 * bulk.MANY
TOO_LARGE = 2_000_000  # bytes; a producer refuses more than a megabyte


async def backlog(station: Station, keys: int, *numbers: int) -> list[UUID]:
    """Events of many keys, in one transaction each round."""
    made = [uuid4() for _ in range(keys)]
    for number in numbers:
        async with station.db.transaction(NETWORK) as tx:
            for key in made:
                await outbox.append(tx, counted(station.topic, key, number))
    return made


async def swell(station: Station, key: UUID, sequence: int) -> None:
    """Make one event larger than anything a broker takes."""
    owner = await asyncpg.connect(station.owner_url)
    try:
        await owner.execute(
            "update outbox set data = convert_to(repeat('x', $3), 'UTF8')"
            " where key = $1 and sequence = $2",
            str(key),
            sequence,
            TOO_LARGE,
        )
    finally:
        await owner.close()


async def waiting(station: Station) -> set[tuple[str, int]]:
    rows = await station.rows("select key, sequence from outbox where published_at is null")
    return {(row["key"], row["sequence"]) for row in rows}


async def test_backlog_arrives_once_and_each_key_in_its_order(station: Station) -> None:
    keys = await backlog(station, MANY, 1, 2, 3)

    async with station.consuming(), station.relaying():
        await station.published()
        for key in keys:
            await station.applied(key, 1, 2, 3)

    assert await station.on_topic(keys[0], 3) == [1, 2, 3]


async def test_record_that_is_too_large_holds_its_key_and_no_other(station: Station) -> None:
    keys = await backlog(station, MANY, 1, 2, 3)
    await swell(station, keys[7], 2)

    async def only_that_key_waits() -> bool:
        return await waiting(station) == {(str(keys[7]), 2), (str(keys[7]), 3)}

    async with station.relaying():
        await eventually(only_that_key_waits, "all others published")


@asynccontextmanager
async def refusing(
    monkeypatch: pytest.MonkeyPatch, error: KafkaError, times: int
) -> AsyncIterator[list[int]]:
    """The broker answers the first batches with this error; gives how many records each held."""
    send_batch, refused = AIOKafkaProducer.send_batch, list[int]()

    async def instead(self: AIOKafkaProducer, batch: Any, topic: str, *, partition: int) -> Any:
        if len(refused) == times:
            return await send_batch(self, batch, topic, partition=partition)
        refused.append(batch.record_count())
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        answer.set_exception(error)
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(AIOKafkaProducer, "send_batch", instead)
        yield refused


@pytest.mark.parametrize("error", [MessageSizeTooLargeError(), RequestTimedOutError()])
async def test_batch_that_is_refused_comes_again_and_nothing_is_lost(
    station: Station, monkeypatch: pytest.MonkeyPatch, error: KafkaError
) -> None:
    keys = await backlog(station, MANY, 1, 2)

    async with refusing(monkeypatch, error, 2) as refused, station.consuming():
        async with station.relaying():
            await station.published()
        for key in keys:
            await station.applied(key, 1, 2)

    assert min(refused) > 1


async def test_keys_refused_together_are_sent_alone_the_next_time(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backlog(station, MANY, 1)
    rows = await unpublished(station.db, range(16), [], MANY)
    async with station.producing() as producer:
        async with refusing(monkeypatch, MessageSizeTooLargeError(), 1):
            first = await sending.settle(await bulk.send(producer, rows, Wire(SERVICE_SOURCE)))
        assert first.suspects
        assert not first.refused
        assert {key_of(row) for row in rows} == first.passed() | first.suspects
        assert not first.suspects & {key_of(row) for row in rows if row["id"] in first.acknowledged}

        again = [row for row in rows if key_of(row) in first.suspects]
        async with refusing(monkeypatch, MessageSizeTooLargeError(), 99) as refused:
            second = await sending.settle(
                await bulk.send(producer, again, Wire(SERVICE_SOURCE), first.suspects)
            )

    assert refused == []  # none of them shared a batch
    assert second.acknowledged.keys() == {row["id"] for row in again}


async def test_batch_that_cannot_be_handed_over_stops_every_key_behind_it(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only its own: a key of which nothing was sent must not be passed by its next event."""
    await backlog(station, 20 * MANY, 1)  # several batches for each partition
    rows = await unpublished(station.db, range(16), [], 20 * MANY)

    async def closed(*_: object, **__: object) -> None:
        raise ProducerClosed

    async with station.producing() as producer:
        with monkeypatch.context() as patched:
            patched.setattr(AIOKafkaProducer, "send_batch", closed)
            sent = await sending.settle(await bulk.send(producer, rows, Wire(SERVICE_SOURCE)))

    assert sent.acknowledged == {}
    assert sent.passed() == set()


def test_what_was_refused_together_is_not_marked_in_a_batch_behind() -> None:
    row = {"topic": "t", "key": "k", "id": 1}
    sent = Sent([row], suspects={("t", "k")})  # type: ignore[list-item]

    assert sent.passed() == set()


async def test_look_leaves_out_exactly_what_is_on_its_way(station: Station) -> None:
    """An id between two that are on their way belongs to somebody who committed late."""
    await station.publish(uuid4(), 1, 2, 3, 4, 5)

    rows = await unpublished(station.db, range(16), [], 10, sending=[2, 1, 4])

    assert [row["id"] for row in rows] == [3, 5]
    assert publishing._ranges([2, 1, 4]) == [Range(1, 3), Range(4, 5)]


async def test_look_follows_the_index_whatever_the_planner_believes(
    station: Station, postgres_admin_url: str
) -> None:
    """Statistics of an empty outbox, as after an outage that fills it faster than it is counted."""
    place = make_url(postgres_admin_url).set(database=make_url(station.owner_url).database)
    owner = await asyncpg.connect(place.render_as_string(hide_password=False))
    try:
        await owner.execute("analyze outbox")
        await backlog(station, 500, 1)
        plan = await owner.fetch(
            "explain (analyze, costs off, timing off, summary off)"
            " select * from outbox where published_at is null order by id limit 5"
        )
        assert "Sort Method" in str(plan)  # what it would do if it were left to it
        await owner.execute("load 'auto_explain'")
        told: list[str] = []
        owner.add_log_listener(lambda _, message: told.append(str(message)))
        for setting in ("log_min_duration = 0", "log_nested_statements = on", "log_analyze = on"):
            await owner.execute(f"set auto_explain.{setting}")
        await owner.execute("set client_min_messages = log")
        await owner.fetch(
            "select * from relay_look($1, '{}', '{}', 5, 0, '1970-01-01', '{}')", SHARDS
        )
    finally:
        await owner.close()

    nested = "\n".join(one for one in told if "published_at" in one)
    assert "Index Scan" in nested
    assert "Sort Method" not in nested


async def test_lease_that_has_passed_on_marks_nothing(station: Station) -> None:
    await station.publish(uuid4(), 1)
    leases = Leases(station.db)
    await leases.claim()
    [row] = await unpublished(station.db, range(16), [], 10)
    marks = {row["id"]: row["recorded_on"]}

    assert await publishing.mark(station.db, "nowhere", leases.held(), leases.holder, marks) == 0
    assert await publishing.mark(station.db, "nowhere", leases.held(), leases.holder, {}) == 0


SHARDS = list(range(16))
SERVICE_SOURCE = f"urn:kairos:{SERVICE}"
