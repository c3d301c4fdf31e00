"""What a site's books say as a whole."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, case, exists, func, select

from dosing.domain.ledger import Container, Entry
from dosing.domain.stock import Receipt
from dosing.store import containers, stock
from dosing.store.drug_tables import container, ledger_entry
from dosing.store.session_tables import session

_OF_A_DRAW = case(
    (ledger_entry.c.kind == "draw", ledger_entry.c.amount_mg),
    (ledger_entry.c.kind == "administer", -ledger_entry.c.amount_mg),
    (ledger_entry.c.kind == "waste", -ledger_entry.c.amount_mg),
    (ledger_entry.c.kind == "return", -ledger_entry.c.amount_mg),
    else_=0,
)
_HELD = statement(
    select(func.coalesce(func.sum(_OF_A_DRAW), 0).label("mg"))
    .select_from(ledger_entry)
    .join(container)
    .where(container.c.site_id == bindparam("site_id"))
)
_UNCOUNTED = statement(
    select(container.c.id).where(
        container.c.site_id == bindparam("site_id"),
        container.c.balance_mg > 0,
        exists().where(
            ledger_entry.c.container_id == container.c.id,
            ledger_entry.c.kind == "draw",
            ledger_entry.c.entered_at >= bindparam("since"),
            ledger_entry.c.entered_at < bindparam("until"),
        ),
        ~exists().where(
            ledger_entry.c.container_id == container.c.id,
            ledger_entry.c.kind == "count",
            ledger_entry.c.entered_at >= bindparam("since"),
            ledger_entry.c.seq == container.c.last_seq,
        ),
    )
)
_ALL = statement(
    select(container.c.id)
    .where(container.c.site_id == bindparam("site_id"))
    .order_by(container.c.id)
)
_PATIENTS = statement(
    select(session.c.id, session.c.patient_id)
    .join(ledger_entry, ledger_entry.c.session_id == session.c.id)
    .join(container, container.c.id == ledger_entry.c.container_id)
    .where(container.c.site_id == bindparam("site_id"))
    .distinct()
)
_EVERY = statement(select(container.c.id).order_by(container.c.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A container with its whole ledger."""

    container: Container
    entries: list[Entry]
    receipt: Receipt | None  # from whom it came, where that was recorded


async def held_at(tx: Transaction, site_id: UUID) -> Decimal:
    """What is drawn at a site and accounted for by nothing."""
    row = await tx.fetch_one(_HELD, site_id=site_id)
    assert row is not None
    return Decimal(row["mg"])


async def uncounted_since(tx: Transaction, site_id: UUID, day: date, zone: ZoneInfo) -> list[UUID]:
    """Containers drawn from that day and not counted since."""
    since = datetime.combine(day, time(), zone)
    until = datetime.combine(date.fromordinal(day.toordinal() + 1), time(), zone)
    rows = await tx.fetch(_UNCOUNTED, site_id=site_id, since=since, until=until)
    return [row["id"] for row in rows]


async def of_site(tx: Transaction, site_id: UUID) -> list[Book]:
    """Every container of a site with its ledger, in the order of their receipt."""
    return [await _book(tx, row["id"]) for row in await tx.fetch(_ALL, site_id=site_id)]


async def patients_of(tx: Transaction, site_id: UUID) -> dict[UUID, UUID]:
    """Whose the sessions are that a site's ledgers name: patients by session."""
    return {row["id"]: row["patient_id"] for row in await tx.fetch(_PATIENTS, site_id=site_id)}


async def of_network(tx: Transaction) -> list[Book]:
    """Every container of the network with its ledger."""
    return [await _book(tx, row["id"]) for row in await tx.fetch(_EVERY)]


async def _book(tx: Transaction, container_id: UUID) -> Book:
    found = await containers.lock(tx, container_id)  # so that ledger and balance agree
    return Book(
        container=found,
        entries=await containers.entries_of(tx, container_id),
        receipt=await stock.receipt_of(tx, container_id),
    )
