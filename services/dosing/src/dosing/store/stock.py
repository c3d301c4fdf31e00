"""Around the ledger: closed days, discrepancies, transfers, at rest. Rows are only added."""

from datetime import date
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Boolean, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from dosing.domain.stock import Destruction, Discrepancy, Receipt, Step, Transfer
from dosing.domain.stock_errors import (
    DayClosed,
    DestructionNotFound,
    DiscrepancyNotFound,
    TransferNotFound,
    TransferReceived,
)
from dosing.store import records
from dosing.store.stock_tables import (
    day_close,
    destruction,
    destruction_witness,
    discrepancy,
    discrepancy_step,
    receipt,
    transfer,
    transfer_receipt,
)

_CLOSED = statement(
    select(day_close.c.day).where(
        day_close.c.site_id == bindparam("site_id"), day_close.c.day == bindparam("day")
    )
)
_DISCREPANCY = statement(select(discrepancy).where(discrepancy.c.id == bindparam("id")))
_STEPS = statement(
    select(discrepancy_step)
    .where(discrepancy_step.c.discrepancy_id == bindparam("discrepancy_id"))
    .order_by(discrepancy_step.c.id)
)
_SETTLED = (
    select(discrepancy_step.c.id)
    .where(
        discrepancy_step.c.discrepancy_id == discrepancy.c.id,
        or_(discrepancy_step.c.kind == "explained", discrepancy_step.c.kind == "loss"),
    )
    .exists()
)
_SITES = bindparam("sites", type_=ARRAY(Uuid))
_DISCREPANCIES = statement(
    select(discrepancy)
    .where(
        or_(_SITES.is_(None), discrepancy.c.site_id == any_(_SITES)),
        or_(bindparam("open_only", type_=Boolean).is_(False), ~_SETTLED),
    )
    .order_by(discrepancy.c.id.desc())
    .limit(200)
)
_OPEN_OF = statement(
    select(discrepancy.c.id)
    .where(
        discrepancy.c.container_id == any_(bindparam("container_ids", type_=ARRAY(Uuid))),
        ~_SETTLED,
    )
    .limit(1)
)
_TRANSFERS = select(transfer, transfer_receipt.c.to_container_id).outerjoin(transfer_receipt)
_TRANSFER = statement(_TRANSFERS.where(transfer.c.id == bindparam("id")))
_IN_TRANSIT = statement(
    _TRANSFERS.where(
        transfer_receipt.c.transfer_id.is_(None),
        or_(
            transfer.c.from_site_id == bindparam("site_id"),
            transfer.c.to_site_id == bindparam("site_id"),
        ),
    ).order_by(transfer.c.id)
)
_DESTRUCTION = statement(select(destruction).where(destruction.c.id == bindparam("id")))
_WITNESSES = statement(
    select(destruction_witness.c.witness).where(
        destruction_witness.c.destruction_id == bindparam("destruction_id")
    )
)
_RECEIPT = statement(select(receipt).where(receipt.c.container_id == bindparam("container_id")))


async def day_closed(tx: Transaction, site_id: UUID, day: date) -> bool:
    """Whether a site's books are closed for a day."""
    return await tx.fetch_one(_CLOSED, site_id=site_id, day=day) is not None


def close_day(tx: Transaction, site_id: UUID, day: date, by: UUID) -> None:
    """Close a site's books for a day. Raises DayClosed at the flush if somebody was faster."""
    tx.refuse_on("day_close_pkey", DayClosed())
    tx.insert(
        day_close,
        network_id=tx.network,
        site_id=site_id,
        day=day,
        closed_by=by,
        closed_at=tx.now,
    )


async def find_discrepancy(tx: Transaction, discrepancy_id: UUID) -> Discrepancy:
    """A discrepancy. Raises DiscrepancyNotFound."""
    row = await tx.fetch_one(_DISCREPANCY, id=discrepancy_id)
    if row is None:
        raise DiscrepancyNotFound
    return records.read(Discrepancy, row)


async def steps_of(tx: Transaction, discrepancy_id: UUID) -> list[Step]:
    """What was done about a discrepancy, in order."""
    rows = await tx.fetch(_STEPS, discrepancy_id=discrepancy_id)
    return [records.read(Step, row) for row in rows]


async def discrepancies(
    tx: Transaction, sites: list[UUID] | None, *, open_only: bool
) -> list[Discrepancy]:
    """The newest discrepancies of these sites (None: all)."""
    rows = await tx.fetch(_DISCREPANCIES, sites=sites, open_only=open_only)
    return [records.read(Discrepancy, row) for row in rows]


async def discrepancy_open(tx: Transaction, container_ids: list[UUID]) -> bool:
    """Whether a count of any of these containers differs from the book, and nobody settled it."""
    return await tx.fetch_one(_OPEN_OF, container_ids=container_ids) is not None


def add_discrepancy(tx: Transaction, found: Discrepancy) -> None:
    """Keep a discrepancy."""
    records.add(tx, discrepancy, found)


def add_step(tx: Transaction, done: Step) -> None:
    """Keep what was done about one."""
    records.add(tx, discrepancy_step, done)


async def find_transfer(tx: Transaction, transfer_id: UUID) -> Transfer:
    """A transfer. Raises TransferNotFound."""
    return _transfer(await tx.fetch_one(_TRANSFER, id=transfer_id))


async def in_transit(tx: Transaction, site_id: UUID) -> list[Transfer]:
    """What was sent from or to a site and has not arrived."""
    return [_transfer(row) for row in await tx.fetch(_IN_TRANSIT, site_id=site_id)]


def add_transfer(tx: Transaction, sent: Transfer) -> None:
    """Keep that a container was sent."""
    names = ("id", "from_container_id", "from_site_id", "to_site_id", "amount_mg")
    values = {name: getattr(sent, name) for name in (*names, "sent_by", "sent_at")}
    tx.insert(transfer, network_id=tx.network, **values)


def receive_transfer(tx: Transaction, transfer_id: UUID, to_container: UUID, by: UUID) -> None:
    """Keep that it arrived. Raises TransferReceived at the flush if somebody was faster."""
    tx.refuse_on("transfer_receipt_pkey", TransferReceived())
    tx.insert(
        transfer_receipt,
        transfer_id=transfer_id,
        network_id=tx.network,
        to_container_id=to_container,
        received_by=by,
        received_at=tx.now,
    )


async def find_destruction(tx: Transaction, destruction_id: UUID) -> Destruction:
    """A destruction. Raises DestructionNotFound."""
    row = await tx.fetch_one(_DESTRUCTION, id=destruction_id)
    if row is None:
        raise DestructionNotFound
    return records.read(Destruction, row)


async def witnesses_of(tx: Transaction, destruction_id: UUID) -> set[UUID]:
    """Who has seen it rendered non-retrievable."""
    rows = await tx.fetch(_WITNESSES, destruction_id=destruction_id)
    return {row["witness"] for row in rows}


def add_destruction(tx: Transaction, asked: Destruction) -> None:
    """Keep a destruction that waits for its witnesses."""
    records.add(tx, destruction, asked)


def add_witness(tx: Transaction, destruction_id: UUID, witness: UUID) -> None:
    """Keep that somebody saw it."""
    tx.insert(
        destruction_witness,
        destruction_id=destruction_id,
        witness=witness,
        network_id=tx.network,
        witnessed_at=tx.now,
    )


async def receipt_of(tx: Transaction, container_id: UUID) -> Receipt | None:
    """From whom a container came, where that was recorded."""
    row = await tx.fetch_one(_RECEIPT, container_id=container_id)
    return None if row is None else records.read(Receipt, row)


def add_receipt(tx: Transaction, received: Receipt) -> None:
    """Keep from whom a container came."""
    records.add(tx, receipt, received)


def _transfer(row: Record | None) -> Transfer:
    if row is None:
        raise TransferNotFound
    return records.read(Transfer, row)
