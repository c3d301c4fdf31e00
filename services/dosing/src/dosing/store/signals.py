"""Misuse and diversion signals and their reviews, at rest. Rows are only ever added."""

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Boolean, Uuid, bindparam, func, or_, select

from dosing.domain.misuse import Dispensed, MisuseSignal
from dosing.store import records
from dosing.store.drug_tables import (
    administration_refusal,
    container,
    ledger_entry,
    waste_request,
)
from dosing.store.persons import same_person
from dosing.store.protocol_tables import misuse_review, misuse_signal
from dosing.store.stock_tables import discrepancy

_REVIEWED = (
    select(misuse_review.c.signal_id)
    .where(misuse_review.c.signal_id == misuse_signal.c.id)
    .correlate(misuse_signal)
    .exists()
)
_PATIENT = bindparam("patient_id", type_=Uuid)
_STAFF = bindparam("staff_id", type_=Uuid)
_OPEN = statement(
    select(misuse_signal.c.code).where(
        or_(
            misuse_signal.c.patient_id.in_(same_person()),
            misuse_signal.c.staff_id == _STAFF,
        ),
        ~_REVIEWED,
    )
)
_PAGE = statement(
    select(misuse_signal, misuse_review.c.outcome, misuse_review.c.reviewed_by)
    .outerjoin(misuse_review, misuse_review.c.signal_id == misuse_signal.c.id)
    .where(
        or_(bindparam("open_only", type_=Boolean).is_(False), ~_REVIEWED),
        or_(_PATIENT.is_(None), misuse_signal.c.patient_id.in_(same_person())),
    )
    .order_by(misuse_signal.c.id.desc())
    .limit(200)
)
_FIND = statement(
    select(misuse_signal, misuse_review.c.outcome)
    .outerjoin(misuse_review, misuse_review.c.signal_id == misuse_signal.c.id)
    .where(misuse_signal.c.id == bindparam("id"))
)
_WASTES = statement(
    select(func.count().label("n")).where(
        waste_request.c.requested_by == bindparam("staff_id"),
        waste_request.c.requested_at > bindparam("since"),
    )
)
_DISCREPANCIES = statement(
    select(func.count().label("n")).where(
        discrepancy.c.discovered_by == bindparam("staff_id"),
        discrepancy.c.discovered_at > bindparam("since"),
    )
)


EARLY = frozenset({"interval_not_kept", "same_local_day"})
_TRIES = statement(
    select(func.count().label("n")).where(
        administration_refusal.c.patient_id.in_(same_person()),
        administration_refusal.c.refused_at > bindparam("since"),
        administration_refusal.c.rules.overlap(sorted(EARLY)),
    )
)
_DISPENSED = statement(
    select(
        func.coalesce(func.sum(ledger_entry.c.amount_mg), 0).label("held_mg"),
        func.coalesce(func.sum(container.c.balance_mg), 0).label("left_mg"),
        func.max(container.c.received_at).label("last_at"),
    )
    .join(ledger_entry, (ledger_entry.c.container_id == container.c.id) & (ledger_entry.c.seq == 1))
    .where(container.c.patient_id.in_(same_person()))
)


async def early_tries(tx: Transaction, patient_id: UUID, since: datetime) -> int:
    """How often a dose was refused to a person because it came before its time."""
    row = await tx.fetch_one(_TRIES, patient_id=patient_id, since=since)
    assert row is not None
    return int(row["n"])


async def dispensed_for(tx: Transaction, patient_id: UUID) -> Dispensed:
    """What was dispensed for a person so far, and what is left of it."""
    row = await tx.fetch_one(_DISPENSED, patient_id=patient_id)
    assert row is not None
    return records.read(Dispensed, row)


async def open_codes(
    tx: Transaction, *, patient_id: UUID | None = None, staff_id: UUID | None = None
) -> set[str]:
    """The codes of signals that nobody has reviewed yet."""
    rows = await tx.fetch(_OPEN, patient_id=patient_id, staff_id=staff_id)
    return {row["code"] for row in rows}


def add(tx: Transaction, signal: MisuseSignal) -> None:
    """Keep a signal."""
    records.add(tx, misuse_signal, signal)


def add_review(tx: Transaction, signal: MisuseSignal, outcome: str, note: str, by: UUID) -> None:
    """Keep what the person who looked concluded. One about staff has a key of its own."""
    tx.insert(
        misuse_review,
        keyed_to=signal.patient_id or signal.id,
        signal_id=signal.id,
        network_id=tx.network,
        outcome=outcome,
        note=note,
        reviewed_by=by,
        reviewed_at=tx.now,
    )


async def page(
    tx: Transaction, *, open_only: bool, patient_id: UUID | None
) -> list[tuple[MisuseSignal, str | None]]:
    """The newest signals, each with its outcome if it was reviewed."""
    rows = await tx.fetch(_PAGE, open_only=open_only, patient_id=patient_id)
    return [_signal(row) for row in rows]


async def find(tx: Transaction, signal_id: UUID) -> tuple[MisuseSignal, str | None] | None:
    """One signal with its outcome, if it was reviewed."""
    row = await tx.fetch_one(_FIND, id=signal_id)
    return None if row is None else _signal(row)


async def handling_of(tx: Transaction, staff_id: UUID, since: datetime) -> tuple[int, int]:
    """How many wastes somebody asked for, and discrepancies somebody discovered."""
    wastes = await tx.fetch_one(_WASTES, staff_id=staff_id, since=since)
    found = await tx.fetch_one(_DISCREPANCIES, staff_id=staff_id, since=since)
    assert wastes is not None
    assert found is not None
    return wastes["n"], found["n"]


def _signal(row: Record) -> tuple[MisuseSignal, Any]:
    return records.read(MisuseSignal, row), row["outcome"]
