"""Public events leave the service through this table, written in the transaction of their cause.

The counter row of an event's ordering key is updated first and holds the key's lock until the
commit, so ids and sequence numbers of one key are in commit order and without a gap: that is
what lets the relay publish by id and a consumer tell late from lost.
"""

from collections import defaultdict
from typing import Any

from kairos_events.model import PublicEvent
from kairos_events.uuid7 import uuid7
from kairos_events.wire_types import with_actor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kairos_chassis.bus.tables import shard_of
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Part, Statement

_NAMES = (
    "topic",
    "key",
    "count",
    "network_id",
    "shard",
    "traceparent",
    "tracestate",
    "event_ids",
    "types",
    "subjects",
    "times",
    "bodies",
    "schemas",
)
_COUNTER = Part(
    "counter",
    "INSERT INTO outbox_key AS k (topic, key, last_sequence) VALUES ($1, $2, $3::bigint) "
    "ON CONFLICT (topic, key) DO UPDATE SET last_sequence = k.last_sequence + $3::bigint "
    "RETURNING k.last_sequence - $3::bigint AS before",
)
_ROWS = Part(
    "outboxed",
    "INSERT INTO outbox (topic, key, network_id, shard, traceparent, tracestate, sequence, "
    "event_id, type, subject, time, data, dataschema) "
    "SELECT $1, $2, $4::uuid, $5::smallint, $6::text, $7::text, {counter}.before + e.n, "
    "e.event_id, e.type, e.subject, e.time, e.data, e.dataschema "
    "FROM {counter}, unnest($8::uuid[], $9::text[], $10::text[], $11::timestamptz[], "
    "$12::bytea[], $13::text[]) WITH ORDINALITY "
    "AS e(event_id, type, subject, time, data, dataschema, n) ORDER BY e.n RETURNING 1",
)
_APPEND = Statement(
    "outbox append", _NAMES, {}, (_COUNTER, _ROWS), "outbox", inserts=True, alone=True
)
_PROPAGATOR = TraceContextTextMapPropagator()


async def append(tx: Transaction, event: PublicEvent) -> None:
    """Announce a fact, if and only if the transaction commits, in every version published now.

    Raises TypeError for a version that is only published beside a newer one.
    """
    records = event.records()
    if not tx.events:
        tx.before_flush(lambda: _write(tx))
        tx.after_commit(tx.wake_relay)
    tx.events.extend(records)


def _write(tx: Transaction) -> None:
    groups: dict[tuple[str, str], list[PublicEvent]] = defaultdict(list)
    events, tx.events = tx.events, []
    for event in events:
        groups[(event.topic, event.key)].append(event)
    context: dict[str, str] = {}
    _PROPAGATOR.inject(context)
    for topic, key in sorted(groups):
        tx.write(_APPEND, **_row(tx, topic, key, groups[(topic, key)], context))


def _row(
    tx: Transaction, topic: str, key: str, events: list[PublicEvent], context: dict[str, str]
) -> dict[str, Any]:
    return {
        "topic": topic,
        "key": key,
        "count": len(events),
        "network_id": tx.network,
        "shard": shard_of(key),
        "traceparent": context.get("traceparent"),
        "tracestate": context.get("tracestate"),
        "event_ids": [uuid7() for _ in events],
        "types": [event.type for event in events],
        "subjects": [key for _ in events],
        "times": [tx.now for _ in events],
        "bodies": [event.to_json() for event in events],
        "schemas": [with_actor(event.dataschema, tx.actor) for event in events],
    }
