"""Reading what is unpublished, and marking what the broker has acknowledged.

Order per key needs no horizon: `id` is drawn under the key's row lock, so a snapshot that shows
an event shows every earlier one of its key, and within the key ids are in commit order.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from kairos_chassis.bus.settled import EVERYTHING, Bound
from kairos_chassis.db import Database

BATCH: Final = 500

Key = tuple[str, str]  # topic, ordering key

_UNPUBLISHED: Final = """
select id, event_id, topic, key, sequence, network_id, type, subject, time, data, dataschema,
       traceparent, tracestate, recorded_on
from outbox
where published_at is null and shard = any($1::smallint[])
  and id > $5 and recorded_on >= $6 and id <> all($7::bigint[])
  and not exists (
      select from unnest($2::text[], $3::text[]) as stuck(topic, key)
      where stuck.topic = outbox.topic and stuck.key = outbox.key)
order by id limit $4
"""
# A relay whose lease has passed on, or whose broker is no longer the one adopted, marks nothing.
_MARK: Final = """
with adopted as materialized (
    select 1 from bus_incarnation where cluster_id = $1 for share
)
update outbox set published_at = clock_timestamp()
from unnest($2::smallint[], $3::bigint[]) as held(shard, epoch)
join relay_lease lease
  on lease.shard = held.shard and lease.epoch = held.epoch and lease.holder = $4
where outbox.shard = held.shard and outbox.id = any($5::bigint[])
  and exists (select from adopted)
"""


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
        _UNPUBLISHED, list(shards), topics, keys, limit, after.id, after.day, list(sending)
    )


async def mark(
    db: Database, cluster_id: str, leases: Mapping[int, int], holder: UUID, ids: Sequence[int]
) -> int:
    """Mark rows published, if the leases and the cluster are still ours. Returns how many."""
    return await db.execute(
        _MARK, cluster_id, list(leases), list(leases.values()), holder, list(ids)
    )
