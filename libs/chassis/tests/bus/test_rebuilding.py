"""A read model is made anew from the bus, and an emptied topic from the outbox: dry run first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from kairos_chassis import outbox
from kairos_chassis.bus import history as reading
from kairos_chassis.bus import rebuild, republish
from kairos_chassis.bus.history import history_of
from kairos_chassis.bus.rebuild import Rebuild, Rebuilt, Scope
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database, Transaction
from kairos_chassis.handlers import Handlers, Projection
from kairos_chassis.testing.bus_station import (
    PARTITIONS,
    OneTopic,
    ReadsCounted,
    Station,
    counted,
)
from kairos_events.envelope import Envelope


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "IDLE_SECONDS", 2.0)
    monkeypatch.setattr(republish, "LOOK_SECONDS", 2.0)


@asynccontextmanager
async def owner_of(station: Station) -> AsyncIterator[Database]:
    db = await Database.connect(station.owner_url, SystemClock(), size=2, name="owner")
    try:
        yield db
    finally:
        await db.close()


async def consumed(station: Station, *keys: UUID) -> None:
    """Three events of each key, published and applied."""
    async with station.relaying(), station.consuming():
        for key in keys:
            await station.publish(key, 1, 2, 3)
        for key in keys:
            await station.applied(key, 1, 2, 3)


async def spoil(station: Station, key: UUID) -> None:
    """What a fault may have done to the rows of a key."""
    owner = await asyncpg.connect(station.owner_url)
    await owner.execute("delete from effect where key = $1 and number = 2", key)
    await owner.execute("insert into effect (key, number) values ($1, 99)", key)
    await owner.close()


def projecting(station: Station, projection: Projection | None = None) -> Handlers:
    handlers = Handlers(station.handlers.service)
    declared = projection or Projection("effect", "key")
    handlers.on(ReadsCounted, rebuilds=declared)(station.on_counted)
    return handlers


async def rebuilt(
    station: Station, handlers: Handlers | None = None, *, keep: bool, **scope: object
) -> Rebuilt:
    async with owner_of(station) as db:
        asked = Scope(topic=station.topic, **scope)  # type: ignore[arg-type]
        job = Rebuild(db, handlers or projecting(station), OneTopic(station.topic), asked)
        bootstrap = station.settings.bootstrap
        async with history_of(bootstrap, station.owner_url, station.topic) as history:
            return await job.run(history, lambda *_: None, keep=keep)


async def test_read_model_is_made_anew_after_a_dry_run_that_changes_nothing(
    station: Station,
) -> None:
    spoilt, sound = uuid4(), uuid4()
    await consumed(station, spoilt, sound)
    await spoil(station, spoilt)

    shown = await rebuilt(station, keep=False)

    assert (shown.keys, shown.events, shown.changed, shown.incomplete) == (2, 6, 2, 0)
    assert await station.effects(spoilt) == [1, 3, 99]

    await rebuilt(station, keep=True)

    assert await station.effects(spoilt) == [1, 2, 3]
    assert await station.effects(sound) == [1, 2, 3]
    async with station.relaying(), station.consuming():  # and life goes on
        await station.publish(spoilt, 4)
        await station.applied(spoilt, 1, 2, 3, 4)


async def test_one_key_alone_is_rebuilt(station: Station) -> None:
    one, other = uuid4(), uuid4()
    await consumed(station, one, other)
    await spoil(station, one)
    await spoil(station, other)

    await rebuilt(station, keep=True, key=str(one))

    assert await station.effects(one) == [1, 2, 3]
    assert await station.effects(other) == [1, 3, 99]


async def test_only_keys_with_an_event_since_are_rebuilt_and_those_wholly(station: Station) -> None:
    early, late = uuid4(), uuid4()
    await consumed(station, early)
    since = datetime.now(UTC)
    await asyncio.sleep(0.01)
    await consumed(station, late)
    await spoil(station, early)
    await spoil(station, late)

    await rebuilt(station, keep=True, since=since)

    assert await station.effects(early) == [1, 3, 99]
    assert await station.effects(late) == [1, 2, 3]
    assert (await rebuilt(station, keep=False, since=since + timedelta(days=1))).keys == 0


async def test_key_whose_history_is_not_whole_is_left_as_it_is(station: Station) -> None:
    key = uuid4()
    await consumed(station, key)
    await spoil(station, key)
    await empty_topic(station)

    done = await rebuilt(station, keep=True)

    assert (done.keys, done.incomplete) == (0, 1)
    assert await station.effects(key) == [1, 3, 99]


async def test_handler_that_decides_is_never_run_again(station: Station) -> None:
    with pytest.raises(rebuild.NothingToRebuildError):
        await rebuilt(station, station.handlers, keep=True)


async def test_projection_that_announces_is_refused_and_nothing_is_kept(station: Station) -> None:
    key = uuid4()
    await consumed(station, key)
    await spoil(station, key)
    handlers = Handlers(station.handlers.service)

    @handlers.on(ReadsCounted, rebuilds=Projection("effect", "key"))
    async def announces(event: ReadsCounted, _envelope: Envelope, tx: Transaction) -> None:
        await outbox.append(tx, counted(station.topic, event.counter_id, 7))

    with pytest.raises(rebuild.AnnouncesError):
        await rebuilt(station, handlers, keep=True)
    assert await station.effects(key) == [1, 3, 99]


async def test_what_a_handler_that_acts_names_is_run_in_its_place(station: Station) -> None:
    key = uuid4()
    await consumed(station, key)
    await spoil(station, key)
    handlers = Handlers(station.handlers.service)

    @handlers.on(ReadsCounted, rebuilds=Projection("effect", "key"), keeps=station.on_counted)
    async def acts(event: ReadsCounted, _envelope: Envelope, tx: Transaction) -> None:
        raise AssertionError("what was decided once is never decided again")

    await rebuilt(station, handlers, keep=True)

    assert await station.effects(key) == [1, 2, 3]


async def empty_topic(station: Station) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=station.settings.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([station.topic])
        await asyncio.sleep(1.0)
        await admin.create_topics([NewTopic(station.topic, PARTITIONS, 1)])
    finally:
        await admin.close()


async def archive_everything(station: Station) -> None:
    """As if today had been over for long."""
    owner = await asyncpg.connect(station.owner_url)
    try:
        await owner.execute("select bus_days((now() at time zone 'utc')::date + 60, 2, 30)")
    finally:
        await owner.close()


async def test_emptied_topic_is_filled_again_from_the_outbox_and_its_archive(
    station: Station,
) -> None:
    key = uuid4()
    await consumed(station, key)
    await archive_everything(station)
    assert await station.rows("select from outbox") == []
    await empty_topic(station)

    async with owner_of(station) as owner:
        offer = await republish.look(owner, station.settings.bootstrap, station.topic)
        assert (offer.empty, offer.events, offer.archived_events) == (True, 0, 3)
        assert await station.rows("select from outbox") == []  # it was only shown
        await republish.refill(owner, offer)
        async with station.relaying(), station.consuming():
            left: list[int] = []
            await republish.sent(owner, station.topic, left.append)
            assert await station.on_topic(key, 3) == [1, 2, 3]
            await station.publish(key, 4)
            await station.applied(key, 1, 2, 3, 4)


async def test_topic_that_holds_events_is_not_filled_by_mistake(station: Station) -> None:
    await consumed(station, uuid4())

    async with owner_of(station) as owner:
        offer = await republish.look(owner, station.settings.bootstrap, station.topic)
        assert not offer.empty
        with pytest.raises(republish.NotEmptyError):
            await republish.refill(owner, offer)
    assert await station.rows("select from outbox where published_at is null") == []
