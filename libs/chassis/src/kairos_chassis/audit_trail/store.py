"""The SQL of the sealed trail.

Entries are read past the network's policy, and only in a transaction that says so.
"""

from typing import Any

from kairos_chassis.audit_trail.entries import FIELDS, Checkpoint, checkpoint_from
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement
from kairos_chassis.trust_tables import audit_checkpoint

_LOCK = 0x61756469  # "audi": one sealer of a database at a time
_COLUMNS = ", ".join(FIELDS)

_READ_ALL = Statement("SELECT set_config('kairos.audit_reader', 'chain', true)", (), {})
_ALONE = Statement(f"SELECT pg_try_advisory_xact_lock({_LOCK}) AS alone", (), {})
_LAST = Statement("SELECT * FROM audit_checkpoint ORDER BY number DESC LIMIT 1", (), {})
_FROM = Statement(
    "SELECT * FROM audit_checkpoint WHERE number > $1::bigint ORDER BY number LIMIT $2::bigint",
    ("after", "limit"),
    {},
)
_CEILING = Statement(
    "SELECT max(id) AS id FROM (SELECT id FROM audit_entry WHERE id > $1::bigint "
    "ORDER BY id LIMIT $2::bigint) AS next",
    ("after", "limit"),
    {},
)
_BETWEEN = Statement(
    f"SELECT {_COLUMNS} FROM audit_entry "  # noqa: S608 - our own names
    "WHERE id > $1::bigint AND id <= $2::bigint ORDER BY id",
    ("after", "last"),
    {},
)
_AFTER = Statement("SELECT count(*) AS n FROM audit_entry WHERE id > $1::bigint", ("after",), {})
_HOLDING = Statement(
    "SELECT checkpoint.* FROM audit_checkpoint AS checkpoint WHERE last_id >= $1::bigint "
    "ORDER BY number LIMIT 1",
    ("id",),
    {},
)
# Whoever has inserted, or may be about to, holds this lock until its transaction has ended.
_WRITERS = Statement(
    "SELECT virtualtransaction FROM pg_locks WHERE relation = 'audit_entry'::regclass "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND mode = 'RowExclusiveLock' AND granted",
    (),
    {},
)


async def read_all(tx: Transaction) -> None:
    """Let this transaction see the entries of every network."""
    await tx.fetch_one(_READ_ALL)


async def alone(tx: Transaction) -> bool:
    """Whether no other process is sealing; holds that right until the transaction ends."""
    row = await tx.fetch_one(_ALONE)
    return row is not None and bool(row["alone"])


async def last_checkpoint(tx: Transaction) -> Checkpoint | None:
    """The newest checkpoint."""
    row = await tx.fetch_one(_LAST)
    return None if row is None else checkpoint_from(dict(row))


async def checkpoints_after(tx: Transaction, number: int, limit: int) -> list[Checkpoint]:
    """The checkpoints that follow that number, in order."""
    rows = await tx.fetch(_FROM, after=number, limit=limit)
    return [checkpoint_from(dict(row)) for row in rows]


async def checkpoint_holding(tx: Transaction, entry_id: int) -> Checkpoint | None:
    """The checkpoint an entry is sealed in, if it is."""
    row = await tx.fetch_one(_HOLDING, id=entry_id)
    return None if row is None else checkpoint_from(dict(row))


async def ceiling(tx: Transaction, after: int, limit: int) -> int | None:
    """The id up to which the next checkpoint could reach: the last of at most `limit` entries."""
    row = await tx.fetch_one(_CEILING, after=after, limit=limit)
    return None if row is None else row["id"]


async def writers(tx: Transaction) -> set[str]:
    """The transactions that may hold an id already drawn and not yet committed."""
    return {row["virtualtransaction"] for row in await tx.fetch(_WRITERS)}


async def entries_between(tx: Transaction, after: int, last: int) -> list[dict[str, Any]]:
    """The entries with an id above `after` up to `last`, in order."""
    return [dict(row) for row in await tx.fetch(_BETWEEN, after=after, last=last)]


async def count_after(tx: Transaction, entry_id: int) -> int:
    """How many entries have a greater id."""
    row: Any = await tx.fetch_one(_AFTER, after=entry_id)
    return int(row["n"])


def save(tx: Transaction, checkpoint: Checkpoint) -> None:
    """Queue a checkpoint."""
    tx.insert(
        audit_checkpoint,
        number=checkpoint.number,
        format=checkpoint.format,
        last_id=checkpoint.last_id,
        ids=list(checkpoint.ids),
        leaves=b"".join(checkpoint.leaves),
        root=checkpoint.root,
        previous=checkpoint.previous,
        hash=checkpoint.hash,
        sealed_at=checkpoint.sealed_at,
    )
