"""Seals over all ledgers of a network, at rest. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, select

from dosing.domain.verification import Head
from dosing.store import records
from dosing.store.stock_tables import ledger_checkpoint, ledger_checkpoint_head

_ALL = statement(select(ledger_checkpoint).order_by(ledger_checkpoint.c.seq))
_HEADS = statement(
    select(ledger_checkpoint_head).where(
        ledger_checkpoint_head.c.checkpoint_id == bindparam("checkpoint_id")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A seal: its root covers the root before and the head of every ledger."""

    id: UUID
    seq: int
    prior_root: str
    root: str
    entries: int
    taken_at: datetime


async def every(tx: Transaction) -> list[Checkpoint]:
    """All seals, oldest first."""
    return [records.read(Checkpoint, row) for row in await tx.fetch(_ALL)]


async def heads_of(tx: Transaction, checkpoint_id: UUID) -> list[Head]:
    """Where each ledger stood at a seal."""
    rows = await tx.fetch(_HEADS, checkpoint_id=checkpoint_id)
    return [records.read(Head, row) for row in rows]


def add(tx: Transaction, sealed: Checkpoint, heads: list[Head]) -> None:
    """Keep a seal."""
    records.add(tx, ledger_checkpoint, sealed)
    for one in heads:
        records.add(tx, ledger_checkpoint_head, one, checkpoint_id=sealed.id)


def make(seq: int, prior_root: str, root: str, entries: int, at: datetime) -> Checkpoint:
    """A new seal."""
    return Checkpoint(
        id=uuid7(), seq=seq, prior_root=prior_root, root=root, entries=entries, taken_at=at
    )
