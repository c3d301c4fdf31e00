"""One batch of the relay: read what is unpublished, send it in order, mark what was acknowledged.

Order per key needs no horizon: `id` is drawn under the key's row lock, so a snapshot that shows
an event shows every earlier one of its key, and within the key ids are in commit order.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from asyncpg import Record
from kairos_events.envelope import Envelope, encode
from kairos_events.wire_text import EnvelopeError
from opentelemetry.trace import Span

from kairos_chassis.bus import metrics
from kairos_chassis.bus.tracing import end_send, start_send
from kairos_chassis.db import Database

BATCH: Final = 500

Key = tuple[str, str]  # topic, ordering key

_UNPUBLISHED: Final = """
select id, event_id, topic, key, sequence, network_id, type, subject, time, data, dataschema,
       traceparent, tracestate
from outbox
where published_at is null and shard = any($1::smallint[])
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


@dataclass(slots=True)
class Sent:
    """What came of a batch: ids to mark, keys whose next event was refused, the last error."""

    acknowledged: list[int] = field(default_factory=list)
    refused: dict[Key, Exception] = field(default_factory=dict)
    unavailable: Exception | None = None
    topics: dict[str, int] = field(default_factory=lambda: defaultdict(int))


async def unpublished(
    db: Database, shards: Sequence[int], stuck: Sequence[Key], limit: int
) -> list[Record]:
    """The next events of these shards in order, without those of keys that are stuck."""
    topics, keys = [topic for topic, _ in stuck], [key for _, key in stuck]
    async with db.transaction(None) as tx:
        return await tx.connection.fetch(_UNPUBLISHED, list(shards), topics, keys, limit)


async def send(producer: AIOKafkaProducer, rows: Sequence[Record], source: str) -> Sent:
    """Send all rows, in order and all in flight together; a key stops at its first failure."""
    sent = Sent()
    flights: list[tuple[Record, Span, Any]] = []
    for row in rows:
        if (row["topic"], row["key"]) in sent.refused:
            continue
        span, traceparent, tracestate = start_send(
            row["topic"], str(row["event_id"]), row["type"], row["traceparent"], row["tracestate"]
        )
        try:
            record = encode(_envelope(row, source, traceparent, tracestate))
            flight = await producer.send(
                row["topic"], record.value, record.key, headers=record.headers
            )
        except (KafkaError, OSError, EnvelopeError) as error:
            end_send(span, error)
            _refuse(sent, row, error)
            if sent.unavailable is not None:
                break  # each of the others would wait for the broker as long
        else:
            flights.append((row, span, flight))
    await _settle_all(sent, flights)
    return sent


async def mark(
    db: Database, cluster_id: str, leases: Mapping[int, int], holder: UUID, ids: Sequence[int]
) -> int:
    """Mark rows published, if the leases and the cluster are still ours. Returns how many."""
    async with db.transaction(None) as tx:
        result: str = await tx.connection.execute(
            _MARK, cluster_id, list(leases), list(leases.values()), holder, list(ids)
        )
    return int(result.rpartition(" ")[2])


async def _settle_all(sent: Sent, flights: list[tuple[Record, Span, Any]]) -> None:
    """Await every answer of the broker, in order; given up, the rest of the spans end too."""
    waiting = deque(flights)
    try:
        while waiting:
            await _settle(sent, *waiting[0])
            waiting.popleft()
    finally:
        for _, span, flight in waiting:
            flight.cancel()
            end_send(span, asyncio.CancelledError())


async def _settle(sent: Sent, row: Record, span: Span, flight: Any) -> None:
    try:
        await flight
    except (KafkaError, OSError) as error:
        end_send(span, error)
        _refuse(sent, row, error)
        return
    end_send(span, None)
    if (row["topic"], row["key"]) not in sent.refused:
        sent.acknowledged.append(row["id"])
        sent.topics[row["topic"]] += 1
        metrics.RELAY_PUBLISHED.labels(topic=row["topic"]).inc()


def _refuse(sent: Sent, row: Record, error: Exception) -> None:
    """Later events of the key stay unmarked, even if the broker took them: never past a failure."""
    sent.refused.setdefault((row["topic"], row["key"]), error)
    if isinstance(error, OSError) or getattr(error, "retriable", False):
        sent.unavailable = error


def _envelope(
    row: Record, source: str, traceparent: str | None, tracestate: str | None
) -> Envelope:
    return Envelope(
        id=row["event_id"],
        type=row["type"],
        source=source,
        time=row["time"],
        subject=row["subject"],
        dataschema=row["dataschema"],
        network=row["network_id"],
        sequence=row["sequence"],
        data=row["data"],
        key=row["key"],
        traceparent=traceparent,
        tracestate=tracestate,
    )
