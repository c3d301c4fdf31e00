"""Many events in one transaction: what makes a backlog drain quickly.

One transaction claims the next events of several keys of one network and runs their handlers. If
anything at all speaks against it (a gap, a parked key, an error, a lock somebody holds), it is
rolled back whole, and the events go one by one, as they would have without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from kairos_events.envelope import Envelope

from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.inbox import Outcome
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.bus.tracing import processing
from kairos_chassis.db import Database, Transaction
from kairos_chassis.failure import error_name

MOST: Final = 50
# So short that a command which waits for us is never the one to be told of a deadlock.
LOCK_MS: Final = 200

Read = tuple[KafkaRecord, Envelope]
Place = tuple[str, str]  # topic, key

_NEW_KEYS: Final = """
insert into inbox_position (consumer, topic, key, last_sequence)
select $1, asked.topic, asked.key, 0 from unnest($2::text[], $3::text[]) as asked(topic, key)
order by 2, 3 on conflict do nothing
"""
_LOCK: Final = """
select topic, key, last_sequence, waiting from inbox_position
where consumer = $1 and (topic, key) in (select * from unnest($2::text[], $3::text[]))
order by topic, key for update
"""
_ADVANCE: Final = """
with moved as (
    update inbox_position as stored
    set last_sequence = to_move.last, last_event_at = to_move.at
    from unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
        as to_move(topic, key, last, at)
    where stored.consumer = $1 and (stored.topic, stored.key) = (to_move.topic, to_move.key)
), claimed as (
    insert into inbox_outcome (consumer, event_id, received_at, outcome)
    select $1, id, $7, $8 from unnest($6::uuid[]) as id on conflict do nothing returning 1
)
select count(*) from claimed
"""

log = structlog.get_logger(__name__)


class _OneByOneError(Exception):
    """These events cannot go together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of the records of a transaction that was committed."""

    applied: list[KafkaRecord]
    ignored: list[KafkaRecord]
    duplicates: list[KafkaRecord]


class Together:
    """Applies events of one network in one transaction."""

    def __init__(self, db: Database, applier: Applier, consumer: str) -> None:
        self._db = db
        self._applier = applier
        self._consumer = consumer

    async def deliver(self, events: Sequence[Read]) -> Done | None:
        """Apply all, each key's in their order. None, nothing being done, if they cannot go so."""
        done = Done(applied=[], ignored=[], duplicates=[])
        try:
            async with self._db.transaction(events[0][1].network) as tx:
                await tx.connection.execute(f"set local lock_timeout = '{LOCK_MS}ms'")
                for record, envelope in await self._claim(tx, events, done):
                    with processing(record.topic, envelope, count=len(events)):
                        applied = await self._applier.apply(tx, envelope)
                        await tx.flush()
                    (done.applied if applied else done.ignored).append(record)
        except Exception as error:
            log.info("batch_goes_one_by_one", error=error_name(error), count=len(events))
            return None
        return done

    async def _claim(self, tx: Transaction, events: Sequence[Read], done: Done) -> list[Read]:
        """Lock the keys, in one order for all, and take what is next. Raises if it is not next."""
        places = sorted({(record.topic, record.key_text) for record, _ in events})
        topics, keys = [topic for topic, _ in places], [key for _, key in places]
        await tx.connection.execute(_NEW_KEYS, self._consumer, topics, keys)
        last: dict[Place, int] = {}
        for row in await tx.connection.fetch(_LOCK, self._consumer, topics, keys):
            if row["waiting"]:
                raise _OneByOneError
            last[row["topic"], row["key"]] = row["last_sequence"]
        fresh, newest = _fresh(events, last, done)
        if fresh:
            claimed = await tx.connection.fetchval(
                _ADVANCE,
                self._consumer,
                [topic for topic, _ in newest],
                [key for _, key in newest],
                [one.sequence for one in newest.values()],
                [one.time for one in newest.values()],
                [envelope.id for _, envelope in fresh],
                tx.now,
                Outcome.APPLIED.value,
            )
            if claimed != len(fresh):
                raise _OneByOneError
        return fresh


def _fresh(
    events: Sequence[Read], last: dict[Place, int], done: Done
) -> tuple[list[Read], dict[Place, Envelope]]:
    """The events that are next, and the newest of each key. Raises if one before is missing."""
    fresh: list[Read] = []
    newest: dict[Place, Envelope] = {}
    for record, envelope in events:
        place = (record.topic, record.key_text)
        if envelope.sequence <= last[place]:
            done.duplicates.append(record)
            continue
        if envelope.sequence != last[place] + 1:
            raise _OneByOneError
        last[place] = envelope.sequence
        fresh.append((record, envelope))
        newest[place] = envelope
    return fresh, newest
