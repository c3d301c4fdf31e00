"""Parked keys: what waits in the database instead of on the bus, and what operators do with it.

A key waits for a missing event (`gap`) or for a person (`failed`, `undecodable`,
`unknown_schema`). Later events of the key append behind; other keys run on. The functions here
take a transaction, so that whoever discards can write the audit row with it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kairos_chassis.bus import inbox, metrics
from kairos_chassis.bus.parked import ParkedEvent, show, unpark
from kairos_chassis.db import Transaction
from kairos_chassis.errors import Kind

__all__ = [
    "GapComesFirstError",
    "Missing",
    "NothingParkedError",
    "ParkedEvent",
    "ParkedKey",
    "ReasonMissingError",
    "accept_gap",
    "discard",
    "list_keys",
    "measure",
    "missing",
    "show",
    "waits",
]

REASONS: Final = ("gap", "failed", "undecodable", "unknown_schema")

_KEYS: Final = """
select parked.topic, parked.key, parked.reason, parked.error, parked.since,
       count(event.id) as events
from parked_key parked
left join parked_event event on (event.consumer, event.topic, event.key)
    = (parked.consumer, parked.topic, parked.key) and event.discarded_at is null
where parked.consumer = $1
group by parked.consumer, parked.topic, parked.key order by parked.since
"""
_MEASURE: Final = """
select reason, count(*) as keys, min(since) as oldest
from parked_key where consumer = $1 group by reason
"""


_WAITS: Final = """
select exists (select from parked_key where consumer = $1 and topic = $2 and key = $3)
"""


class NothingParkedError(Exception):
    """No event of that key is parked."""

    slug = "nothing_parked"
    kind = Kind.NOT_FOUND


class GapComesFirstError(Exception):
    """An earlier event of the key is missing; accept the gap before discarding what follows."""

    slug = "gap_comes_first"
    kind = Kind.CONFLICT


class ReasonMissingError(Exception):
    """Setting an event aside for good needs a reason and a name."""

    slug = "reason_missing"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedKey:
    """One key that waits. `error` is the class of the failure, never its text."""

    topic: str
    key: str
    reason: str
    error: str | None
    since: datetime
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The events that have not come before a key's first parked one; both ends included."""

    first: int
    last: int


async def list_keys(tx: Transaction, consumer: str) -> list[ParkedKey]:
    """All keys that wait, the longest first."""
    return [ParkedKey(**row) for row in await tx.connection.fetch(_KEYS, consumer)]


async def waits(tx: Transaction, consumer: str, topic: str, key: str) -> bool:
    """Whether the key is parked."""
    return bool(await tx.connection.fetchval(_WAITS, consumer, topic, key))


async def missing(tx: Transaction, consumer: str, topic: str, key: str) -> Missing | None:
    """What a key waits for, if events are missing before its first parked one; locks the key."""
    last = await inbox.lock_key(tx, consumer, topic, key)
    head = await show(tx, consumer, topic, key, limit=1)
    if not head or head[0].sequence is None or head[0].sequence <= last + 1:
        return None
    return Missing(first=last + 1, last=head[0].sequence - 1)


async def discard(
    tx: Transaction, consumer: str, topic: str, key: str, *, reason: str, actor: str
) -> ParkedEvent:
    """Set the key's first event aside for good; it stays stored with who and why.

    Raises ReasonMissingError, NothingParkedError, GapComesFirstError. The caller audits in `tx`
    and then releases the key, if more events wait.
    """
    _require(reason, actor)
    last, head = await _locked_head(tx, consumer, topic, key)
    if head.sequence is not None and head.sequence > last + 1:
        raise GapComesFirstError
    await tx.connection.execute(
        "update parked_event set discarded_at = $2, discarded_by = $3, discard_reason = $4"
        " where id = $1",
        head.id,
        tx.now,
        actor,
        reason,
    )
    if head.sequence == last + 1:
        await inbox.advance(tx, consumer, topic, key, head.sequence, None)
    if not await show(tx, consumer, topic, key, limit=1):
        await unpark(tx, consumer, topic, key)
    return head


async def accept_gap(
    tx: Transaction, consumer: str, topic: str, key: str, *, reason: str, actor: str
) -> int:
    """Give up the missing events before the key's first parked one. Returns how many.

    Raises ReasonMissingError, NothingParkedError. The caller audits in `tx` and then releases.
    """
    _require(reason, actor)
    last, head = await _locked_head(tx, consumer, topic, key)
    if head.sequence is None or head.sequence <= last + 1:
        return 0
    await inbox.advance(tx, consumer, topic, key, head.sequence - 1, None)
    return head.sequence - 1 - last


async def measure(tx: Transaction, consumer: str) -> None:
    """Set the gauges of parked keys."""
    rows = {row["reason"]: row for row in await tx.connection.fetch(_MEASURE, consumer)}
    for reason in REASONS:
        metrics.PARKED_KEYS.labels(reason=reason).set(rows[reason]["keys"] if reason in rows else 0)
    oldest = min((row["oldest"] for row in rows.values()), default=tx.now)
    metrics.PARKED_OLDEST_AGE_SECONDS.set(max(0.0, (tx.now - oldest).total_seconds()))


def _require(reason: str, actor: str) -> None:
    if not reason.strip() or not actor.strip():
        raise ReasonMissingError


async def _locked_head(
    tx: Transaction, consumer: str, topic: str, key: str
) -> tuple[int, ParkedEvent]:
    last = await inbox.lock_key(tx, consumer, topic, key)
    head = await show(tx, consumer, topic, key, limit=1)
    if not head:
        raise NothingParkedError
    return last, head[0]
