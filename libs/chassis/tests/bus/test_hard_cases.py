"""What a consumer and a relay must survive: hostile records, cut releases, a late migration."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis.bus import lease
from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.broker import BusSettings
from kairos_chassis.bus.delivery import Delivery, Handled
from kairos_chassis.bus.lease import Leases
from kairos_chassis.bus.record import Header, KafkaRecord
from kairos_chassis.bus.replay import Release, Replay
from kairos_chassis.db import Database
from kairos_chassis.testing.bus_station import NETWORK, OneTopic, Station, counted, eventually
from kairos_events.envelope import Envelope, encode
from kairos_events.uuid7 import uuid7


@pytest.fixture
async def alone(postgres_admin_url: str) -> AsyncIterator[Station]:
    """A station without a broker: records are handed over."""
    nowhere = BusSettings(bootstrap="127.0.0.1:9", client_id="alone")
    async with Station.open(postgres_admin_url, nowhere) as opened:
        yield opened


def delivery(station: Station) -> Delivery:
    return Delivery(station.db, station.handlers, OneTopic(station.topic))


def replay(station: Station) -> Replay:
    applier = Applier(station.handlers, OneTopic(station.topic))
    return Replay(station.db, applier, station.handlers.service)


def record(station: Station, key: UUID, sequence: int, *extra: Header) -> KafkaRecord:
    event = counted(station.topic, key, sequence)
    encoded = encode(
        Envelope(
            id=uuid7(),
            type=event.type,
            source=event.source,
            time=datetime.now(UTC),
            subject=str(key),
            dataschema=event.dataschema,
            network=NETWORK,
            sequence=sequence,
            data=event.to_json(),
            key=str(key),
        )
    )
    return KafkaRecord(
        topic=station.topic,
        partition=0,
        offset=sequence,
        timestamp_ms=0,
        key=encoded.key,
        value=encoded.value,
        headers=(*encoded.headers, *extra),
    )


@pytest.mark.parametrize(
    "headers",
    [(("ce_type", b"a\0b"),), (("x\0y", b"1"),), (("ce_type", None),), ((" ", b"\xff\0"),)],
    ids=["null in a value", "null in a name", "no value", "no text"],
)
async def test_undecodable_record_is_parked_whatever_its_headers_hold(
    alone: Station, headers: tuple[Header, ...]
) -> None:
    """What cannot be parked would stop every partition of the consumer for ever."""
    bad = KafkaRecord(
        topic=alone.topic,
        partition=0,
        offset=0,
        timestamp_ms=0,
        key=b"key\0\xff",
        value=b"{}",
        headers=headers,
    )
    assert await delivery(alone).deliver(bad) is Handled.PARKED


async def test_release_that_an_outage_cut_short_goes_on_with_the_redelivery(
    alone: Station,
) -> None:
    key, deliver = uuid4(), delivery(alone).deliver
    first, second, third, fourth = (record(alone, key, n) for n in (1, 2, 3, 4))
    for one in (first, third, fourth):
        await deliver(one)

    async def outage(_key: UUID, number: int) -> None:
        if number == 3:
            raise ConnectionError

    alone.before = outage
    with pytest.raises(ConnectionError):
        await deliver(second)
    assert await alone.effects(key) == [1, 2]

    alone.before = None
    await deliver(second)  # its offset was not committed, so it comes again
    assert await alone.effects(key) == [1, 2, 3, 4]
    assert await alone.rows("select from parked_key") == []


async def test_missing_event_that_comes_while_a_release_gives_up_is_not_left_waiting(
    alone: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, deliver = uuid4(), delivery(alone).deliver
    broken = True

    async def fails(_key: UUID, number: int) -> None:
        if broken and number == 1:
            raise ZeroDivisionError

    alone.before = fails
    await deliver(record(alone, key, 1))  # parked for a person: "failed"
    await deliver(record(alone, key, 3))
    broken = False
    hold = Replay._hold

    async def after_the_missing_one(self: Replay, *arguments: Any) -> bool:
        monkeypatch.setattr(Replay, "_hold", hold)
        await deliver(record(alone, key, 2))
        return await hold(self, *arguments)

    monkeypatch.setattr(Replay, "_hold", after_the_missing_one)
    released = await replay(alone).release(alone.topic, str(key))
    assert released == Release(replayed=3, held_by=None)
    assert await alone.effects(key) == [1, 2, 3]


async def test_leases_outlive_a_database_that_is_migrated_after_the_start(
    alone: Station, postgres_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.05)
    admin_url = postgres_admin_url.rpartition("/")[0] + "/" + alone.url.rpartition("/")[2]
    admin = await asyncpg.connect(admin_url)
    await admin.execute("alter table relay_lease rename to not_there_yet")
    db = await Database.connect(alone.url, alone.db.clock, size=1, name="lease")
    leases = Leases(db)
    renewals = asyncio.create_task(leases.run())
    try:
        await asyncio.sleep(0.2)
        assert not renewals.done()
        await admin.execute("alter table not_there_yet rename to relay_lease")

        async def held() -> bool:
            return bool(leases.held())

        await eventually(held, "leases held")
    finally:
        renewals.cancel()
        await asyncio.gather(renewals, return_exceptions=True)
        await db.close()
        await admin.close()
