"""Two relays: one publishes, the other takes over, and order survives a frozen leader."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from kairos_chassis.bus import publishing
from kairos_chassis.bus.incarnation import recognise
from kairos_chassis.bus.lease import Leases
from kairos_chassis.bus.tables import SHARDS
from kairos_chassis.testing.bus_station import Station, eventually

_PROGRAM = Path(__file__).with_name("relay_process.py")


@asynccontextmanager
async def relay_process(
    station: Station, holder: UUID
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_PROGRAM),
        station.url,
        station.settings.bootstrap,
        station.topic,
        str(holder),
        str(station.settings.idempotence),
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def leads(station: Station, holder: UUID) -> None:
    async def holds() -> bool:
        rows = await station.rows(
            "select from relay_lease where holder = $1 and expires_at > clock_timestamp()", holder
        )
        return len(rows) == SHARDS

    await eventually(holds, "all leases with one relay")


async def test_order_survives_a_leader_that_is_frozen_and_wakes_as_a_zombie(
    station: Station,
) -> None:
    keys, first, second = [uuid4() for _ in range(3)], uuid4(), uuid4()
    async with station.producing():
        pass  # makes the topic
    async with relay_process(station, first) as leader:
        await leads(station, first)
        async with relay_process(station, second), station.consuming():
            writing = asyncio.gather(*(station.publish(key, *range(1, 301)) for key in keys))
            await asyncio.sleep(0.3)
            leader.send_signal(signal.SIGSTOP)
            await writing
            await leads(station, second)
            leader.send_signal(signal.SIGCONT)
            for key in keys:
                await station.publish(key, 301)
                await station.applied(key, *range(1, 302))

            for key in keys:
                firsts = list(dict.fromkeys(await station.on_topic(key, 301)))
                assert firsts == list(range(1, 302))
    assert await station.rows("select from parked_event") == []


async def sent_rows(station: Station) -> dict[int, date]:
    await station.publish(uuid4(), 1, 2)
    rows = await station.rows("select id, recorded_on from outbox order by id")
    return {row["id"]: row["recorded_on"] for row in rows}


async def test_mark_under_a_lease_that_has_passed_on_changes_no_row(station: Station) -> None:
    await recognise(station.db, "here")
    ids = await sent_rows(station)
    zombie, successor = Leases(station.db, seconds=0.0), Leases(station.db)
    await zombie.claim()
    old = {row["shard"]: row["epoch"] for row in await station.rows("select * from relay_lease")}
    await successor.claim()

    assert await publishing.mark(station.db, "here", old, zombie.holder, ids) == 0
    assert await publishing.mark(station.db, "here", successor.held(), successor.holder, ids) == 2


async def test_mark_of_a_send_to_another_cluster_changes_no_row(station: Station) -> None:
    await recognise(station.db, "new")
    ids = await sent_rows(station)
    leases = Leases(station.db)
    await leases.claim()

    assert await publishing.mark(station.db, "old", leases.held(), leases.holder, ids) == 0
    assert await publishing.mark(station.db, "new", leases.held(), leases.holder, ids) == 2


async def test_lease_is_not_taken_from_a_holder_that_renews(station: Station) -> None:
    holder, other = Leases(station.db), Leases(station.db)
    await holder.claim()

    await other.claim()

    assert other.held() == {}
    await holder.release()
    await other.claim()
    assert len(other.held()) == SHARDS
    assert set(other.held().values()) == {2}
