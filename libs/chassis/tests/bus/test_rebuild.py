"""A broker that comes back empty: filled again in the embedded profile, an alarm in production."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from kairos_chassis.bus import incarnation
from kairos_chassis.bus.broker import BusSettings
from kairos_chassis.testing.bus_station import PARTITIONS, Station, eventually
from kairos_local.broker import TansuBroker


@pytest.fixture
async def disposable(
    tmp_path: Path, postgres_admin_url: str
) -> AsyncIterator[tuple[Station, TansuBroker]]:
    broker = TansuBroker(log=tmp_path / "broker.log")
    broker.start()
    settings = BusSettings(
        bootstrap=broker.bootstrap, client_id="busbench", idempotence=False, embedded=True
    )
    try:
        async with Station.open(postgres_admin_url, settings) as station:
            yield station, broker
    finally:
        broker.stop()


async def test_wiped_broker_is_filled_again_and_every_event_applied_once(
    disposable: tuple[Station, TansuBroker],
) -> None:
    station, broker = disposable
    keys = [uuid4() for _ in range(4)]
    async with station.consuming(), station.relaying():
        for key in keys:
            await station.publish(key, *range(1, 11))
            await station.applied(key, *range(1, 11))

        broker.stop()
        for key in keys:
            await station.publish(key, 11)
        broker.start()
        for key in keys:
            await station.publish(key, 12)

        for key in keys:
            await station.applied(key, *range(1, 13))
            assert list(dict.fromkeys(await station.on_topic(key, 12))) == list(range(1, 13))
        async with station.producing() as producer:
            assert len(await producer.partitions_for(station.topic)) == PARTITIONS


async def test_production_halts_on_a_foreign_cluster_until_an_operator_adopts_it(
    disposable: tuple[Station, TansuBroker],
) -> None:
    station, broker = disposable
    key = uuid4()
    async with station.relaying():
        await station.publish(key, 1)
        await station.published()
    broker.stop()
    broker.start()
    station.settings = replace(station.settings, embedded=False)

    async with station.relaying() as relay, station.watching() as watch:

        async def halted() -> bool:
            return watch.reachable and not relay.ready

        await eventually(halted, "halted")
        await station.publish(key, 2)
        assert len(await station.rows("select from outbox where published_at is null")) == 1

        assert watch.cluster_id is not None
        assert await incarnation.adopt(station.db, watch.cluster_id)
        await station.published()
        assert await station.on_topic(key, 2) == [1, 2]
