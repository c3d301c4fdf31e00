"""Filling a topic that was emptied, from the outbox: shown first, done when it is confirmed.

Every event of the topic becomes unpublished again, those in the archive too, and the relay carries
them, in the order of their keys, before anything new. Consumers know what they have had.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kairos_chassis.bus.from_start import reading_from_start
from kairos_chassis.db import Database
from kairos_chassis.errors import Kind

LOOK_SECONDS: Final = 4.0
RESET_SECONDS: Final = 1800

_ARCHIVED: Final = """
select relname as name, to_date(right(relname, 10), 'YYYY_MM_DD') as day from pg_class
where relnamespace = 'bus_archive'::regnamespace and relkind = 'r' and relname ~ '^outbox_[0-9]'
order by 1
"""
_PUBLISHED: Final = """
select count(*) as events from outbox where topic = $1 and published_at is not null
"""
_PENDING: Final = "select count(*) from outbox where topic = $1 and published_at is null"


class NotEmptyError(Exception):
    """The topic holds events; confirm with --although-used that they may come twice."""

    slug = "topic_not_empty"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """What would be sent again: from the days at hand and from the archive; whether it is empty."""

    topic: str
    events: int
    archived_events: int
    archived_days: list[str]
    empty: bool


async def look(db: Database, bootstrap: str, topic: str) -> Refill:
    """What filling the topic would mean now."""
    [row] = await db.fetch(_PUBLISHED, topic)
    archived = 0
    days: list[str] = []
    for one in await db.fetch(_ARCHIVED):
        counted = await db.fetch(
            f"select count(*) as events from bus_archive.{one['name']} where topic = $1",  # noqa: S608
            topic,
        )
        archived += counted[0]["events"]
        if counted[0]["events"]:
            days.append(one["day"].isoformat())
    return Refill(
        topic=topic,
        events=row["events"],
        archived_events=archived,
        archived_days=days,
        empty=not await _holds_an_event(bootstrap, topic),
    )


async def refill(db: Database, offer: Refill, *, although_used: bool = False) -> None:
    """Let the relay send all of it. `db` is the owner's. Raises NotEmptyError."""
    if not offer.empty and not although_used:
        raise NotEmptyError
    async with db.transaction(None) as tx:
        # As when a broker is adopted: no mark of an earlier send may slip in behind this.
        await tx.connection.execute("select from bus_incarnation for update")
        await tx.connection.execute(f"set local statement_timeout = '{RESET_SECONDS}s'")
        for one in await tx.connection.fetch(_ARCHIVED):
            if one["day"].isoformat() not in offer.archived_days:
                continue
            name, day = one["name"], one["day"]
            await tx.connection.execute(f"alter table bus_archive.{name} set schema bus_day")
            await tx.connection.execute(
                f"alter table outbox attach partition bus_day.{name}"
                f" for values from ('{day}') to (date '{day}' + 1)"
            )
        await tx.connection.execute(
            "update outbox set published_at = null where topic = $1 and published_at is not null",
            offer.topic,
            timeout=RESET_SECONDS + 5,
        )
        await tx.connection.execute("update bus_incarnation set adopted_at = clock_timestamp()")


async def sent(db: Database, topic: str, told: Callable[[int], None]) -> None:
    """Wait until the relay has sent everything; `told` hears how many are left."""
    while True:
        [row] = await db.fetch(_PENDING, topic)
        told(row[0])
        if row[0] == 0:
            return
        await asyncio.sleep(1.0)


async def _holds_an_event(bootstrap: str, topic: str) -> bool:
    """Whether any record with a key lies on the topic; heartbeats have none."""
    async with reading_from_start(bootstrap, topic) as client:
        until = time.monotonic() + LOOK_SECONDS
        while client and time.monotonic() < until:
            polled = await client.getmany(timeout_ms=200, max_records=1000)
            if any(one.key is not None for some in polled.values() for one in some):
                return True
    return False
