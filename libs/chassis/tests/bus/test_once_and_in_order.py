"""From outbox to effect: everything, once, in the order of its key."""

import asyncio
from uuid import UUID, uuid4

import pytest
from kairos_chassis.bus import inbox, publishing
from kairos_chassis.bus.inbox import Claim
from kairos_chassis.testing.bus_station import Station


async def test_events_of_a_key_are_applied_once_and_in_order(station: Station) -> None:
    keys = [uuid4() for _ in range(5)]

    async with station.consuming(), station.relaying():
        await asyncio.gather(*(station.publish(key, *range(1, 11)) for key in keys))

        for key in keys:
            await station.applied(key, *range(1, 11))


async def send_twice(station: Station, monkeypatch: pytest.MonkeyPatch, key: UUID) -> None:
    """A relay that ends between the broker's acknowledgement and its mark, and its successor."""
    acknowledged = asyncio.Event()

    async def never_marks(*_: object) -> int:
        acknowledged.set()
        return await asyncio.get_running_loop().create_future()

    with monkeypatch.context() as crash:
        crash.setattr(publishing, "mark", never_marks)
        await station.publish(key, 1, 2, 3)
        with pytest.raises(asyncio.CancelledError):
            async with station.relaying():
                await acknowledged.wait()
                raise asyncio.CancelledError
    async with station.relaying():
        await station.published()


async def test_event_sent_but_not_marked_comes_again_and_is_applied_once(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()

    await send_twice(station, monkeypatch, key)

    assert await station.on_topic(key, 6) == [1, 2, 3, 1, 2, 3]
    async with station.consuming(), station.relaying():
        await station.publish(key, 4)
        await station.applied(key, 1, 2, 3, 4)


async def test_without_the_inbox_the_second_copy_would_show(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()

    async def always(*_: object, **__: object) -> Claim:
        return Claim.APPLY

    monkeypatch.setattr(inbox, "claim", always)
    await send_twice(station, monkeypatch, key)

    async with station.consuming():
        await station.applied(key, 1, 2, 3, 1, 2, 3)
