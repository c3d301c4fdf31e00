"""Parked keys: only the key concerned waits, and it goes on in order."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from kairos_chassis.bus import parking
from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.replay import Release, Replay
from kairos_chassis.testing.bus_station import NETWORK, OneTopic, Station, counted, eventually
from kairos_events.envelope import Envelope, Record, encode
from kairos_events.uuid7 import uuid7


def record(
    station: Station, key: UUID, sequence: int, *, data: bytes | None = None, type_: str = ""
) -> Record:
    """A record of the counting event, counting its sequence."""
    event = counted(station.topic, key, sequence)
    return encode(
        Envelope(
            id=uuid7(),
            type=type_ or event.type,
            source=event.source,
            time=datetime.now(UTC),
            subject=str(key),
            dataschema=event.dataschema,
            network=NETWORK,
            sequence=sequence,
            data=data or event.to_json(),
            key=str(key),
        )
    )


async def send(producer: AIOKafkaProducer, station: Station, *records: Record) -> None:
    for one in records:
        await producer.send_and_wait(
            station.topic, one.value, key=one.key, partition=0, headers=one.headers
        )


async def release(station: Station, key: UUID) -> Release:
    applier = Applier(station.handlers, OneTopic(station.topic))
    replay = Replay(station.db, applier, station.handlers.service)
    return await replay.release(station.topic, str(key))


async def parked_keys(station: Station) -> list[str]:
    async with station.db.transaction(None) as tx:
        keys = await parking.list_keys(tx, station.handlers.service)
    return [one.key for one in keys]


async def test_gap_waits_and_drains_in_order_when_the_missing_event_comes(
    station: Station,
) -> None:
    key, other = uuid4(), uuid4()
    async with station.producing() as producer, station.consuming():
        await send(producer, station, *(record(station, key, n) for n in (1, 3, 4)))
        await send(producer, station, *(record(station, other, n) for n in (1, 2)))

        await station.applied(other, 1, 2)
        await station.parked(key, "gap")
        assert await release(station, key) == Release(replayed=0, held_by="gap")
        assert await station.effects(key) == [1]

        await send(producer, station, record(station, key, 2), record(station, key, 5))
        await station.applied(key, 1, 2, 3, 4, 5)
        assert await parked_keys(station) == []


async def test_first_event_of_a_key_that_is_not_its_first_is_a_gap(station: Station) -> None:
    key = uuid4()
    async with station.producing() as producer, station.consuming():
        await send(producer, station, record(station, key, 2))
        await station.parked(key, "gap")

        await send(producer, station, record(station, key, 1))
        await station.applied(key, 1, 2)


async def poison(station: Station, key: UUID) -> None:
    async def refuse(of: UUID, number: int) -> None:
        if (of, number) == (key, 2):
            raise ValueError("text that must not be stored")

    station.before = refuse


async def test_poison_event_parks_only_its_key_and_release_replays_in_order(
    station: Station,
) -> None:
    key, other = uuid4(), uuid4()
    await poison(station, key)
    async with station.consuming(), station.relaying():
        await station.publish(key, 1, 2, 3, 4)
        await station.publish(other, 1, 2, 3)

        await station.applied(other, 1, 2, 3)
        await station.parked(key, "failed")
        await station.publish(key, 5)

        async def appended() -> bool:
            return len(await station.rows("select from parked_event")) == 4

        await eventually(appended, "events 2 to 5 wait")
        assert await station.effects(key) == [1]
        assert station.calls.count((key, 2)) == 3

        assert (await release(station, key)).held_by == "failed"

        station.before = None
        assert await release(station, key) == Release(replayed=4, held_by=None)
        await station.publish(key, 6)
        await station.applied(key, 1, 2, 3, 4, 5, 6)


async def test_stored_failure_names_the_error_class_only(station: Station) -> None:
    key = uuid4()
    await poison(station, key)
    async with station.consuming(), station.relaying():
        await station.publish(key, 1, 2)
        await station.parked(key, "failed")

    errors = await station.rows("select error from parked_key union select error from parked_event")
    assert [row["error"] for row in errors] == ["ValueError"]


async def test_discard_needs_a_reason_and_keeps_the_evidence(station: Station) -> None:
    key = uuid4()
    await poison(station, key)
    async with station.consuming(), station.relaying():
        await station.publish(key, 1, 2, 3)
        await station.parked(key, "failed")
        where = (station.handlers.service, station.topic, str(key))

        async with station.db.transaction(None) as tx:
            with pytest.raises(parking.ReasonMissingError):
                await parking.discard(tx, *where, reason=" ", actor="someone")
        async with station.db.transaction(None) as tx:
            await parking.discard(tx, *where, reason="agreed with the clinic", actor="someone")

        assert (await release(station, key)).held_by is None
        await station.applied(key, 1, 3)
    kept = await station.rows("select discarded_by, discard_reason, value from parked_event")
    assert [row["discarded_by"] for row in kept] == ["someone"]
    assert kept[0]["value"]


async def test_accepting_a_gap_lets_the_key_go_on_behind_it(station: Station) -> None:
    key = uuid4()
    async with station.producing() as producer, station.consuming():
        await send(producer, station, *(record(station, key, n) for n in (1, 4)))
        await station.parked(key, "gap")
        where = (station.handlers.service, station.topic, str(key))

        async with station.db.transaction(None) as tx:
            with pytest.raises(parking.GapComesFirstError):
                await parking.discard(tx, *where, reason="no", actor="someone")
        async with station.db.transaction(None) as tx:
            lost = await parking.accept_gap(tx, *where, reason="broker lost them", actor="someone")

        assert lost == 2
        assert (await release(station, key)).held_by is None
        await station.applied(key, 1, 4)


async def test_undecodable_record_with_a_key_parks_that_key(station: Station) -> None:
    key, other = uuid4(), uuid4()
    async with station.producing() as producer, station.consuming() as consumer:
        broken = record(station, key, 1)
        broken.headers[:] = [header for header in broken.headers if header[0] != "ce_id"]
        await send(producer, station, broken, record(station, key, 2), record(station, other, 1))

        await station.parked(key, "undecodable")
        await station.applied(other, 1)
        assert await station.effects(key) == []
        assert consumer.ready


async def test_undecodable_record_without_a_key_stops_its_partition_only(
    station: Station,
) -> None:
    before, behind, elsewhere = uuid4(), uuid4(), uuid4()
    async with station.producing() as producer, station.consuming() as consumer:
        await send(producer, station, record(station, before, 1), Record(None, b"?", []))
        await station.applied(before, 1)

        async def red() -> bool:
            return not consumer.ready

        await eventually(red, "not ready")
        await send(producer, station, record(station, behind, 1))
        free = record(station, elsewhere, 1)
        await producer.send_and_wait(
            station.topic, free.value, key=free.key, partition=1, headers=free.headers
        )
        await station.applied(elsewhere, 1)
        assert await station.effects(behind) == []


async def test_data_the_reader_refuses_parks_the_key_without_a_retry(station: Station) -> None:
    key = uuid4()
    async with station.producing() as producer, station.consuming():
        bad = f'{{"counter_id": "{key}", "number": "1"}}'.encode()
        await send(producer, station, record(station, key, 1, data=bad))

        await station.parked(key, "unknown_schema")
    assert station.calls == []


async def test_unknown_major_version_of_a_handled_event_parks_the_key(station: Station) -> None:
    key = uuid4()
    async with station.producing() as producer, station.consuming():
        await send(producer, station, record(station, key, 1, type_="busbench.counted.v2"))
        await station.parked(key, "unknown_schema")


async def test_event_without_a_handler_is_passed_over_and_counted_in_the_sequence(
    station: Station,
) -> None:
    key = uuid4()
    async with station.producing() as producer, station.consuming():
        await send(
            producer,
            station,
            record(station, key, 1, type_="busbench.other.v1"),
            record(station, key, 2),
        )
        await station.applied(key, 2)
