"""Which broker the outbox was published to, and starting over on another.

`bus_incarnation` holds the cluster id that `published_at` speaks about. Marking takes a share
lock on it and checks the id, adopting another takes the row lock first: so no mark of a send to
the old broker can slip in after the rows were reset.
"""

from enum import Enum
from typing import Final

import structlog

from kairos_chassis.db import Database

_REMEMBER_FIRST: Final = """
insert into bus_incarnation (cluster_id) values ($1) on conflict (singleton) do nothing returning 1
"""
_STORED: Final = "select cluster_id from bus_incarnation for update"
_RESET: Final = "update outbox set published_at = null where published_at is not null"
_REPLACE: Final = "update bus_incarnation set cluster_id = $1, adopted_at = now()"

log = structlog.get_logger(__name__)


class Incarnation(Enum):
    """What a cluster id means to this database."""

    KNOWN = "known"
    FIRST = "first"
    FOREIGN = "foreign"


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
        result = await tx.connection.execute(_RESET)
        await tx.connection.execute(_REPLACE, cluster_id)
    log.warning("bus_adopted", count=int(result.rpartition(" ")[2]))
    return True
