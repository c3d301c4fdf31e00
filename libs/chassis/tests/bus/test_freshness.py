"""Heartbeats make silence different from lag."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from kairos_chassis.bus import freshness
from kairos_chassis.bus.heartbeat import Heartbeats
from kairos_chassis.testing.bus_station import PARTITIONS, Station, eventually


async def as_of(station: Station, key: UUID | None = None) -> datetime | None:
    async with station.db.transaction(None) as tx:
        return await station.freshness.projection_as_of(
            tx, station.topic, key=None if key is None else str(key)
        )


async def fresher_than(station: Station, moment: datetime) -> None:
    async def holds() -> bool:
        fresh = await as_of(station)
        return fresh is not None and fresh > moment

    await eventually(holds, "fresh")


async def test_projection_nobody_vouches_for_has_no_age(station: Station) -> None:
    assert await as_of(station) is None


async def test_silent_bus_keeps_a_projection_fresh(station: Station) -> None:
    async with station.consuming(), station.relaying():
        await fresher_than(station, datetime.now(UTC))
        await fresher_than(station, datetime.now(UTC))


async def test_projection_does_not_get_fresher_while_the_relay_is_away(station: Station) -> None:
    async with station.consuming():
        async with station.relaying():
            await fresher_than(station, datetime.now(UTC))
        stopped = datetime.now(UTC)
        await station.publish(uuid4(), 1)
        fresh = await as_of(station)

    assert fresh is not None
    assert fresh <= stopped


async def test_clock_that_ran_ahead_does_not_vouch_for_the_future(station: Station) -> None:
    """The newest word of the relay counts, also where its clock has been set back."""
    now = datetime.now(UTC)
    for told in (now + timedelta(hours=1), now):
        async with station.db.transaction(None) as tx:
            heard = {(station.topic, partition): told for partition in range(PARTITIONS)}
            await freshness.note(tx, station.handlers.service, heard)
    assert await as_of(station) == now


async def test_parked_key_is_only_as_fresh_as_its_last_applied_event(station: Station) -> None:
    key, other = uuid4(), uuid4()

    async def refuse(of: UUID, number: int) -> None:
        if (of, number) == (key, 2):
            raise ValueError

    station.before = refuse
    async with station.consuming(), station.relaying():
        await station.publish(key, 1)
        await station.applied(key, 1)
        behind = datetime.now(UTC)
        await station.publish(key, 2)
        await station.publish(other, 1)
        await station.parked(key, "failed")
        await fresher_than(station, datetime.now(UTC))

        held, free = await as_of(station, key), await as_of(station, other)
    assert held is not None
    assert free is not None
    assert held < behind < free


async def test_relay_vouches_for_no_time_after_an_unpublished_event(station: Station) -> None:
    beats = Heartbeats(station.db, "busbench", (station.topic,), 1.0)
    before = datetime.now(UTC)
    await station.publish(uuid4(), 1)
    after = datetime.now(UTC)

    held = await beats.published_until()
    async with station.db.transaction(None) as tx:
        await tx.connection.execute("update outbox set published_at = now()")
    free = await beats.published_until()

    assert before <= held <= after <= free
