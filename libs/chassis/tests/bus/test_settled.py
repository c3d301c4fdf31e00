"""The bound below which the relay no longer looks never passes an event that may still come."""

from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from kairos_chassis import outbox
from kairos_chassis.bus import settled
from kairos_chassis.bus.broker import ClusterWatch
from kairos_chassis.bus.pipeline import Pipeline
from kairos_chassis.bus.producing import Link
from kairos_chassis.bus.publishing import unpublished
from kairos_chassis.bus.settled import EVERYTHING, Settled
from kairos_chassis.testing.bus_station import NETWORK, SERVICE, Station, counted, eventually
from kairos_events.model import source_of


@pytest.fixture(autouse=True)
def move_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "MOVE_SECONDS", 0.0)


async def publish_all(station: Station) -> None:
    await station.rows("update outbox set published_at = now()")


async def test_bound_follows_what_is_published(station: Station) -> None:
    bound = Settled()
    await station.publish(uuid4(), 1, 2, 3)
    await publish_all(station)

    await bound.move(station.db)
    await bound.move(station.db)

    assert bound.bound.id == 3


async def test_bound_stops_before_what_waits(station: Station) -> None:
    bound = Settled()
    await station.publish(uuid4(), 1, 2, 3)
    await station.rows("update outbox set published_at = now() where id < 3")

    for _ in range(3):
        await bound.move(station.db)

    assert bound.bound.id == 2
    rows = await unpublished(station.db, range(16), [], 10, after=bound.bound)
    assert [row["id"] for row in rows] == [3]


async def test_event_of_a_transaction_left_open_is_not_passed(station: Station) -> None:
    """Its id is lower than those of events published long since."""
    bound, key = Settled(), uuid4()
    async with station.db.transaction(NETWORK) as slow:
        await outbox.append(slow, counted(station.topic, key, 1))
        await slow.flush()
        await station.publish(uuid4(), 1, 2, 3)
        await publish_all(station)
        for _ in range(3):
            await bound.move(station.db)
        assert bound.bound == EVERYTHING

    rows = await unpublished(station.db, range(16), [], 10, after=bound.bound)
    assert [row["key"] for row in rows] == [str(key)]


async def test_event_of_a_transaction_that_began_last_is_not_passed(station: Station) -> None:
    """It drew its id before the one that is published, and is younger than all that have ended."""
    bound, key = Settled(), uuid4()
    async with AsyncExitStack() as slow_ends:
        async with station.db.transaction(NETWORK) as quick:
            await quick.connection.execute("select pg_current_xact_id()")
            slow = await slow_ends.enter_async_context(station.db.transaction(NETWORK))
            await outbox.append(slow, counted(station.topic, key, 1))
            await slow.flush()
            await outbox.append(quick, counted(station.topic, uuid4(), 1))
        await bound.move(station.db)
        await publish_all(station)
        for _ in range(3):
            await bound.move(station.db)
        assert bound.bound == EVERYTHING

    rows = await unpublished(station.db, range(16), [], 10, after=bound.bound)
    assert [row["key"] for row in rows] == [str(key)]


async def test_what_is_made_unpublished_again_is_found(station: Station) -> None:
    bound = Settled()
    await station.rows("insert into bus_incarnation (cluster_id) values ('a')")
    await station.publish(uuid4(), 1, 2, 3)
    await publish_all(station)
    for _ in range(3):
        await bound.move(station.db)
    assert bound.bound.id == 3

    await station.rows("update outbox set published_at = null")
    await station.rows("update bus_incarnation set adopted_at = now() + interval '1 second'")
    await bound.move(station.db)

    assert len(await unpublished(station.db, range(16), [], 10, after=bound.bound)) == 3


async def test_first_look_for_another_broker_begins_at_the_first_event(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the newest event of a patient would come to it before all those of before."""
    monkeypatch.setattr(settled, "MOVE_SECONDS", 3600.0)
    key = uuid4()
    await station.publish(key, 1, 2, 3)
    async with station.watching() as watch, station.producing() as producer:
        await eventually(lambda: _known(watch), "the broker answers")
        assert watch.cluster_id is not None
        link = Link(producer, watch.cluster_id)
        pipeline = Pipeline(station.db, watch, uuid4(), source_of(SERVICE), batch=10)
        pipeline.settled.bound = settled.Bound(2, EVERYTHING.day)  # as of the broker before

        await pipeline.push(link, dict.fromkeys(range(16), 1))
        await pipeline.close()

        assert await station.on_topic(key, 3) == [1, 2, 3]


async def _known(watch: ClusterWatch) -> bool:
    return watch.cluster_id is not None


async def test_mistake_of_the_bound_would_cost_a_minute_and_no_event(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = Settled()
    await station.publish(uuid4(), 1, 2, 3)
    bound.bound = settled.Bound(3, EVERYTHING.day)  # a lie
    assert await unpublished(station.db, range(16), [], 10, after=bound.bound) == []

    monkeypatch.setattr(settled, "WHOLE_SECONDS", 0.0)
    await bound.move(station.db)

    assert len(await unpublished(station.db, range(16), [], 10, after=bound.bound)) == 3
