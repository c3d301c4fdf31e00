"""A broker that was lost and came back empty at the same address takes commits from anybody.

An offset of the old cluster, committed to the new one, would make the group skip what is sent to it
again. So nothing is committed to another cluster nor by a client that is no member, and what may
have been committed in the half second before anybody noticed is not believed.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import TopicPartition
from kairos_chassis.bus import membership
from kairos_chassis.bus.membership import Member, join
from kairos_chassis.testing.bus_station import PARTITIONS, Station, eventually

from .test_offsets import committed

EVENTS = 6


@asynccontextmanager
async def member_of(
    station: Station, *, anew: bool = False
) -> AsyncIterator[tuple[Member, list[str]]]:
    """A member, and a list of which the last entry is the cluster that is there now."""
    async with station.watching() as watch:
        await eventually(lambda: _answers(watch.cluster_id), "the broker answers")
        assert watch.cluster_id is not None
        there = [watch.cluster_id]
        group = f"kairos.{station.handlers.service}"
        member = await join(
            station.settings, watch, there[0], group, frozenset({station.topic}), anew=anew
        )
        member._there = lambda: there[-1]
        try:
            await eventually(lambda: _answers(member.joined), "the group settles")
            yield member, there
        finally:
            await member.close()


async def _answers(value: object) -> bool:
    return bool(value)


async def sequences(member: Member, wanted: int) -> list[int]:
    """The first so many events this member is given, in order; and their offsets are noted."""
    found: list[int] = []

    async def enough() -> bool:
        for place, some in (await member.client.getmany(timeout_ms=200)).items():
            found.extend(int(dict(one.headers)["ce_sequence"]) for one in some if one.key)
            member.note({place: some[-1].offset + 1})
        return len(found) >= wanted

    await eventually(enough, f"{wanted} events read")
    return found


async def sent(station: Station) -> None:
    async with station.relaying(heartbeat_seconds=3600.0):
        await station.publish(uuid4(), *range(1, EVENTS + 1))
        await station.published()


async def test_nothing_is_committed_to_another_cluster(station: Station) -> None:
    await sent(station)
    async with member_of(station) as (member, there):
        there.append("another")
        await sequences(member, EVENTS)
        await member.commit()
        await member.close()

    assert await committed(station) == 0


async def test_nothing_is_committed_by_a_client_that_is_no_member(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sent(station)
    monkeypatch.setattr(membership, "_is_member", lambda _: False)
    async with member_of(station) as (member, _):
        await sequences(member, EVENTS)
        await member.commit()

    assert await committed(station) == 0


async def test_a_member_of_the_cluster_commits(station: Station) -> None:
    await sent(station)
    async with member_of(station) as (member, _):
        await sequences(member, EVENTS)
        await member.commit()

    assert await committed(station) >= EVENTS


@pytest.mark.parametrize("anew", [True, False])
async def test_what_may_be_an_old_offset_is_believed_only_by_who_knew_no_other_cluster(
    station: Station, anew: bool
) -> None:
    await sent(station)
    async with member_of(station) as (member, _):
        member.note({TopicPartition(station.topic, n): 3 for n in range(PARTITIONS)})
        await member.commit()

    async with member_of(station, anew=anew) as (member, _):
        expected = list(range(1, EVENTS + 1)) if anew else list(range(4, EVENTS + 1))
        assert [n for n in await sequences(member, len(expected)) if n] == expected
