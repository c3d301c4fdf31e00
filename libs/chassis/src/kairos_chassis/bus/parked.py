"""The stored records of parked keys: appending, reading and taking off, under the key's lock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Record as Row
from kairos_events.envelope import Envelope

from kairos_chassis.bus import inbox
from kairos_chassis.bus.record import KafkaRecord, key_text
from kairos_chassis.db import Transaction

_SEQUENCE: Final = re.compile("[1-9][0-9]{0,17}")
_APPEND: Final = """
insert into parked_event (consumer, topic, key, fingerprint, sequence, type, partition, "offset",
    timestamp_ms, raw_key, value, header_names, header_values, reason, error, parked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (consumer, topic, key, fingerprint) do update set error = parked_event.error
returning id, discarded_at
"""
_PARK: Final = """
insert into parked_key (consumer, topic, key, reason, error, since)
values ($1, $2, $3, $4, $5, $6) on conflict (consumer, topic, key) do nothing
"""
_WAIT: Final = """
update inbox_position set waiting = $4 where consumer = $1 and topic = $2 and key = $3
"""
_WAITING: Final = """
select * from parked_event
where consumer = $1 and topic = $2 and key = $3 and discarded_at is null
order by sequence nulls first, id limit $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedEvent:
    """One record that waits, in the order of its key."""

    id: int
    sequence: int | None
    type: str | None
    reason: str
    error: str | None
    parked_at: datetime
    record: KafkaRecord


async def show(
    tx: Transaction, consumer: str, topic: str, key: str, limit: int = 100
) -> list[ParkedEvent]:
    """The first events of a key that wait. They hold public event data: codes and opaque ids."""
    rows = await tx.connection.fetch(_WAITING, consumer, topic, key, limit)
    return [_event(row) for row in rows]


async def park(
    tx: Transaction,
    consumer: str,
    record: KafkaRecord,
    envelope: Envelope | None,
    reason: str,
    error: str | None,
) -> bool:
    """Append a record to its key's list and make the key wait.

    False for a record that is done: consumed meanwhile, or discarded before and come again.
    """
    key = record.key_text
    last = await inbox.lock_key(tx, consumer, record.topic, key)
    if envelope is not None and envelope.sequence <= last:
        return False
    stored = await tx.connection.fetchrow(
        _APPEND, consumer, *_columns(record, envelope), reason, error, tx.now
    )
    assert stored is not None
    if stored["discarded_at"] is not None:
        return False
    await tx.connection.execute(_PARK, consumer, record.topic, key, reason, error, tx.now)
    await tx.connection.execute(_WAIT, consumer, record.topic, key, True)
    return True


async def hold(
    tx: Transaction, consumer: str, topic: str, key: str, reason: str, error: str | None
) -> None:
    """Say anew why a parked key waits."""
    await tx.connection.execute(
        "update parked_key set reason = $4, error = $5"
        " where consumer = $1 and topic = $2 and key = $3",
        consumer,
        topic,
        key,
        reason,
        error,
    )


async def remove(tx: Transaction, event: ParkedEvent) -> None:
    """Take an event off the list: its effect is in this transaction."""
    await tx.connection.execute("delete from parked_event where id = $1", event.id)


async def unpark(tx: Transaction, consumer: str, topic: str, key: str) -> None:
    """Let the key's events flow again."""
    await tx.connection.execute(
        "delete from parked_key where consumer = $1 and topic = $2 and key = $3",
        consumer,
        topic,
        key,
    )
    await tx.connection.execute(_WAIT, consumer, topic, key, False)


def _columns(record: KafkaRecord, envelope: Envelope | None) -> Sequence[object]:
    names = [key_text(name.encode()) for name, _ in record.headers]  # without NUL
    values = [value for _, value in record.headers]
    return (
        record.topic,
        record.key_text,
        record.fingerprint() if envelope is None else str(envelope.id),
        _claimed_sequence(record) if envelope is None else envelope.sequence,
        record.header("ce_type") if envelope is None else envelope.type,
        record.partition,
        record.offset,
        record.timestamp_ms,
        record.key,
        record.value,
        names,
        values,
    )


def _claimed_sequence(record: KafkaRecord) -> int | None:
    """Where an undecodable record says it belongs; it keeps the list in order if it is right."""
    text = record.header("ce_sequence")
    return int(text) if text is not None and _SEQUENCE.fullmatch(text) else None


def _event(row: Row) -> ParkedEvent:
    record = KafkaRecord(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        timestamp_ms=row["timestamp_ms"],
        key=row["raw_key"],
        value=row["value"],
        headers=tuple(zip(row["header_names"], row["header_values"], strict=True)),
    )
    return ParkedEvent(
        id=row["id"],
        sequence=row["sequence"],
        type=row["type"],
        reason=row["reason"],
        error=row["error"],
        parked_at=row["parked_at"],
        record=record,
    )
