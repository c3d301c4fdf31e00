"""Which broker the outbox was published to, and starting over on another.

`bus_incarnation` holds the cluster id that `published_at` speaks about. Marking takes a share
lock on it and checks the id, adopting another takes the row lock first: so no mark of a send to
the old broker can slip in after the rows were reset.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import structlog

from kairos_chassis.db import Database

RESET_SECONDS: Final = 1800

_REMEMBER_FIRST: Final = """
insert into bus_incarnation (cluster_id) values ($1) on conflict (singleton) do nothing returning 1
"""
_STORED: Final = "select cluster_id from bus_incarnation for update"
_RESET: Final = "update outbox set published_at = null where published_at is not null"
_REPLACE: Final = "update bus_incarnation set cluster_id = $1, adopted_at = now()"
_STANDING: Final = """
select (select cluster_id from bus_incarnation) as cluster_id,
       (select count(*) from outbox where published_at is not null) as published
"""

log = structlog.get_logger(__name__)


class Incarnation(Enum):
    """What a cluster id means to this database."""

    KNOWN = "known"
    FIRST = "first"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a database knows: its cluster id, if it has one, and the events published there."""

    cluster_id: str | None
    published: int


async def standing(db: Database) -> Standing:
    """Which cluster the outbox was published to, and how many events went there."""
    async with db.transaction(None) as tx:
        row = await tx.connection.fetchrow(_STANDING)
    assert row is not None
    return Standing(cluster_id=row["cluster_id"], published=row["published"])


async def recognise(db: Database, cluster_id: str) -> Incarnation:
    """Compare with the stored id; the first id ever seen is stored."""
    async with db.transaction(None) as tx:
        if await tx.connection.fetchval(_REMEMBER_FIRST, cluster_id):
            return Incarnation.FIRST
        stored = await tx.connection.fetchval(_STORED)
    return Incarnation.KNOWN if stored == cluster_id else Incarnation.FOREIGN


async def adopt(db: Database, cluster_id: str) -> bool:
    """Take the cluster for a new, empty one: every retained event becomes unpublished.

    Returns false if another relay has done it. In production only an operator calls this.
    """
    async with db.transaction(None) as tx:
        if await tx.connection.fetchval(_STORED) == cluster_id:
            return False
        # A history of years takes longer than what a statement is otherwise allowed.
        await tx.connection.execute(f"set local statement_timeout = '{RESET_SECONDS}s'")
        result = await tx.connection.execute(_RESET, timeout=RESET_SECONDS + 5)
        await tx.connection.execute(_REPLACE, cluster_id)
    log.warning("bus_adopted", count=int(result.rpartition(" ")[2]))
    return True
