"""What a handler's error does: an outage waits, a conflict is an answer."""

from uuid import UUID, uuid4

from kairos_chassis.errors import Kind
from kairos_chassis.testing.bus_station import Station


class Away(Exception):
    slug = "away"
    kind = Kind.UNAVAILABLE


class TooLate(Exception):
    slug = "too_late"
    kind = Kind.CONFLICT


async def test_outage_is_waited_out_however_often_it_fails(station: Station) -> None:
    key, failures = uuid4(), 5

    async def away(_: UUID, number: int) -> None:
        if number == 2 and station.calls.count((key, 2)) <= failures:
            raise Away

    station.before = away
    async with station.consuming(), station.relaying():
        await station.publish(key, 1, 2, 3)
        await station.applied(key, 1, 2, 3)

    assert station.calls.count((key, 2)) == failures + 1
    assert await station.rows("select from parked_event") == []


async def test_conflict_is_recorded_and_the_key_goes_on(station: Station) -> None:
    key = uuid4()

    async def late(_: UUID, number: int) -> None:
        if number == 2:
            raise TooLate

    station.before = late
    async with station.consuming(), station.relaying():
        await station.publish(key, 1, 2, 3)
        await station.applied(key, 1, 3)

    recorded = await station.rows("select error from inbox_outcome where outcome = 'conflict'")
    assert [row["error"] for row in recorded] == ["too_late"]
    assert station.calls.count((key, 2)) == 1


async def test_failing_handler_leaves_nothing_behind(station: Station) -> None:
    key = uuid4()

    async def fails_once(_: UUID, number: int) -> None:
        if station.calls.count((key, number)) == 1:
            raise ValueError

    station.before = fails_once
    async with station.consuming(), station.relaying():
        await station.publish(key, 1, 2)
        await station.applied(key, 1, 2)

    assert len(await station.rows("select from inbox_outcome")) == 2
