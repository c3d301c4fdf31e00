"""Reading what is unpublished, and marking what the broker has acknowledged.

Order per key needs no horizon: `id` is drawn under the key's row lock, so a snapshot that shows
an event shows every earlier one of its key, and within the key ids are in commit order.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Range, Record

from kairos_chassis.bus.settled import EVERYTHING, Bound
from kairos_chassis.db import Database

BATCH: Final = 2_000

Key = tuple[str, str]  # topic, ordering key

_UNPUBLISHED: Final = """
select id, event_id, topic, key, sequence, network_id, type, subject, time, data, dataschema,
       traceparent, tracestate, recorded_on
from relay_look($1, $2, $3, $4, $5, $6, $7)
"""
_MARK: Final = "select relay_mark($1, $2, $3, $4, $5, $6, $7) as marked"


async def unpublished(
    db: Database,
    shards: Sequence[int],
    stuck: Sequence[Key],
    limit: int,
    *,
    after: Bound = EVERYTHING,
    sending: Sequence[int] = (),
) -> list[Record]:
    """The next events of these shards in order, without those of keys that are stuck.

    `after` says below which id nothing waits any more; the ids in `sending` are on their way.
    """
    topics, keys = [topic for topic, _ in stuck], [key for _, key in stuck]
    return await db.fetch(
        _UNPUBLISHED, list(shards), topics, keys, limit, after.id, after.day, _ranges(sending)
    )


async def mark(
    db: Database,
    cluster_id: str,
    leases: Mapping[int, int],
    holder: UUID,
    acknowledged: Mapping[int, date],
) -> int:
    """Mark rows published, if the leases and the cluster are still ours. Returns how many.

    `acknowledged` are their ids, each with the day on which it was recorded.
    """
    if not acknowledged:
        return 0
    rows = await db.fetch(
        _MARK,
        cluster_id,
        holder,
        list(leases),
        list(leases.values()),
        list(acknowledged),
        min(acknowledged.values()),
        max(acknowledged.values()),
    )
    marked: int = rows[0]["marked"]
    return marked


def _ranges(ids: Sequence[int]) -> list[Range[int]]:
    """Ids as ranges that hold exactly them: PostgreSQL then need not compare each."""
    ranges: list[Range[int]] = []
    start = end = None
    for one in sorted(ids):
        if one != end:
            if start is not None:
                ranges.append(Range(start, end))
            start = one
        end = one + 1
    if start is not None:
        ranges.append(Range(start, end))
    return ranges
