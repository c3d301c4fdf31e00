"""How fresh a projection is: silence on the bus told apart from lag.

A relay's heartbeat says that everything committed before its time has been sent. Once all that
stood before it in the partition is consumed, the projection is as of that time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kairos_chassis.db import Transaction

_NOTE: Final = """
insert into projection_freshness as stored (consumer, topic, partition, heartbeat_at)
select $1, noted.topic, noted.partition, noted.heartbeat_at
from unnest($2::text[], $3::integer[], $4::timestamptz[])
    as noted(topic, partition, heartbeat_at)
order by noted.topic, noted.partition
on conflict (consumer, topic, partition) do update
set heartbeat_at = excluded.heartbeat_at
where stored.heartbeat_at <> excluded.heartbeat_at
"""
_AS_OF: Final = """
select count(*) as heard, min(heartbeat_at) as as_of
from projection_freshness where consumer = $1 and topic = $2
"""
_KEY: Final = """
select waiting, last_event_at from inbox_position
where consumer = $1 and topic = $2 and key = $3
"""


class Freshness:
    """The age of what one consumer projects from one topic."""

    def __init__(self, consumer: str, partitions: Mapping[str, int]) -> None:
        self._consumer = consumer
        self._partitions = partitions

    async def projection_as_of(
        self, tx: Transaction, topic: str, *, key: str | None = None
    ) -> datetime | None:
        """The platform time up to which everything committed on `topic` is in the projection.

        None while a partition has never been heard of. With `key`, a key that is parked is only
        as fresh as its last applied event. Raises KeyError for a topic not consumed.
        """
        await tx.begin()
        row = await tx.connection.fetchrow(_AS_OF, self._consumer, topic)
        assert row is not None
        if row["heard"] < self._partitions[topic]:
            return None
        as_of: datetime = row["as_of"]
        if key is None:
            return as_of
        position = await tx.connection.fetchrow(_KEY, self._consumer, topic, key)
        if position is None or not position["waiting"]:
            return as_of
        last: datetime | None = position["last_event_at"]
        return None if last is None else min(as_of, last)


async def note(tx: Transaction, consumer: str, heard: Mapping[tuple[str, int], datetime]) -> None:
    """Remember heartbeats by topic and partition, all before them being consumed.

    The newest word counts, not the highest: a clock that ran ahead and was set back would else
    vouch for a bus that has fallen silent.
    """
    places = list(heard)
    await tx.connection.execute(
        _NOTE,
        consumer,
        [topic for topic, _ in places],
        [partition for _, partition in places],
        [heard[place] for place in places],
    )
