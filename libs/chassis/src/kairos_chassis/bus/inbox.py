"""The inbox: an event is claimed in the transaction of its effect, in the order of its key.

The row in `inbox_position` is the key's lock. Claiming moves it from n-1 to n and records the
event id, in one statement; a second copy, also one that another member works on at this moment,
waits for the row and then finds itself a duplicate.
"""

from datetime import datetime
from enum import Enum
from typing import Final

from kairos_events.envelope import Envelope

from kairos_chassis.db import Transaction

# The conflicting row is locked even where the update's condition does not hold.
_CLAIM: Final = """
with position as (
    insert into inbox_position as stored (consumer, topic, key, last_sequence, last_event_at)
    values ($1, $2, $3, case when $4 = 1::bigint then 1 else 0 end,
            case when $4 = 1::bigint then $5::timestamptz end)
    on conflict (consumer, topic, key) do update
    set last_sequence = $4, last_event_at = $5
    where stored.last_sequence = $4 - 1 and not stored.waiting
    returning stored.last_sequence
), claimed as (
    insert into inbox_outcome (consumer, event_id, received_at, outcome, error)
    select $1, $6, $7, $8, $9 from position where last_sequence = $4
    on conflict (consumer, event_id, recorded_on) do nothing
    returning 1
)
select exists (select from position where last_sequence = $4) as advanced,
       exists (select from claimed) as claimed
"""
_POSITION: Final = """
select position.last_sequence, position.waiting, parked.reason
from inbox_position position
left join parked_key parked using (consumer, topic, key)
where position.consumer = $1 and position.topic = $2 and position.key = $3
"""


class Claim(Enum):
    """What may be done with an event now."""

    APPLY = "apply"
    DUPLICATE = "duplicate"
    GAP = "gap"  # an earlier event of the key has not come
    WAITING = "waiting"  # the key is parked: append behind
    FILLS_GAP = "fills_gap"  # the very event that its key waits for, or waited for: see `claim`


class Outcome(Enum):
    """How an event ended."""

    APPLIED = "applied"
    CONFLICT = "conflict"


async def claim(
    tx: Transaction,
    consumer: str,
    topic: str,
    envelope: Envelope,
    *,
    outcome: Outcome = Outcome.APPLIED,
    error: str | None = None,
) -> Claim:
    """Lock the event's key and take the event if it is next. `error` is a conflict's slug.

    Whatever the answer, the key stays locked until the transaction ends. An event that comes
    again while its key waits for a gap may have filled it in a release that was cut short, so it
    is answered like the first time: only another release can tell.
    """
    key = envelope.key or ""
    row = await tx.connection.fetchrow(
        _CLAIM,
        consumer,
        topic,
        key,
        envelope.sequence,
        envelope.time,
        envelope.id,
        tx.now,
        outcome.value,
        error,
    )
    assert row is not None
    if row["advanced"]:
        return Claim.APPLY if row["claimed"] else Claim.DUPLICATE
    last, waiting, reason = await _position(tx, consumer, topic, key)
    if waiting and reason == "gap" and envelope.sequence <= last + 1:
        return Claim.FILLS_GAP
    if envelope.sequence <= last:
        return Claim.DUPLICATE
    return Claim.WAITING if waiting else Claim.GAP


async def advance(
    tx: Transaction, consumer: str, topic: str, key: str, sequence: int, event_at: datetime | None
) -> None:
    """Move a locked key to this sequence; for what is released or discarded from parking."""
    await tx.connection.execute(
        "update inbox_position set last_sequence = $4,"
        " last_event_at = coalesce($5, last_event_at)"
        " where consumer = $1 and topic = $2 and key = $3",
        consumer,
        topic,
        key,
        sequence,
        event_at,
    )


async def lock_key(tx: Transaction, consumer: str, topic: str, key: str) -> int:
    """Lock the key until the transaction ends. Returns its last sequence, 0 for a new key."""
    last: int = await tx.connection.fetchval(
        "insert into inbox_position as stored (consumer, topic, key, last_sequence)"
        " values ($1, $2, $3, 0) on conflict (consumer, topic, key) do update"
        " set last_sequence = stored.last_sequence returning stored.last_sequence",
        consumer,
        topic,
        key,
    )
    return last


async def remember(
    tx: Transaction, consumer: str, envelope: Envelope, outcome: Outcome, error: str | None = None
) -> bool:
    """Record a released event's outcome. False if it had been consumed before."""
    return bool(
        await tx.connection.fetchval(
            "insert into inbox_outcome (consumer, event_id, received_at, outcome, error)"
            " values ($1, $2, $3, $4, $5) on conflict do nothing returning 1",
            consumer,
            envelope.id,
            tx.now,
            outcome.value,
            error,
        )
    )


async def _position(
    tx: Transaction, consumer: str, topic: str, key: str
) -> tuple[int, bool, str | None]:
    row = await tx.connection.fetchrow(_POSITION, consumer, topic, key)
    assert row is not None
    return row["last_sequence"], row["waiting"], row["reason"]
