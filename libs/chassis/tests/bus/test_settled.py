"""The bound below which the relay no longer looks never passes an event that may still come."""

from uuid import uuid4

import pytest
from kairos_chassis import outbox
from kairos_chassis.bus import settled
from kairos_chassis.bus.publishing import unpublished
from kairos_chassis.bus.settled import EVERYTHING, Settled
from kairos_chassis.testing.bus_station import NETWORK, Station, counted


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
