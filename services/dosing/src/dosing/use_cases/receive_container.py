"""Take a container of a controlled substance into the ledger."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain.errors import NotOfProduct
from dosing.domain.ledger import Container, EntryKind, Ownership, Posting
from dosing.domain.stock import Receipt
from dosing.domain.stock_errors import OwnershipUnclear
from dosing.store import containers, inventories, stock
from dosing.store.watch_timers import INVENTORY_DUE, after
from dosing.use_cases.watch_refill import watch_refill


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """From whom it came (21 CFR 1304.22(a)); the date is written on the invoice."""

    supplier_name: str
    supplier_address: str
    supplier_dea: str
    invoice: str
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveContainer:
    """A full container as delivered."""

    site_id: UUID
    product: str
    lot: str
    expires_on: date
    amount_mg: Decimal  # of base
    ownership: Ownership = Ownership.CLINIC_STOCK
    patient_id: UUID | None = None  # for stock dispensed for one patient
    supplier: Supplier | None = None
    by: Caller


async def receive_container(command: ReceiveContainer, tx: Transaction) -> Container:
    """Open the container's ledger with what it holds.

    Raises UnknownProduct, NotOfProduct, OwnershipUnclear (422).
    """
    admit_site(command.by, command.site_id)
    if command.amount_mg != data.product(command.product).container_mg:
        raise NotOfProduct
    if (command.ownership is Ownership.CLINIC_STOCK) is not (command.patient_id is None):
        raise OwnershipUnclear
    empty = Container(
        id=uuid7(),
        site_id=command.site_id,
        product=command.product,
        lot=command.lot,
        expires_on=command.expires_on,
        ownership=command.ownership,
        patient_id=command.patient_id,
    )
    received = empty.enter(
        Posting(
            id=uuid7(),
            kind=EntryKind.RECEIVE,
            amount_mg=command.amount_mg,
            at=tx.now,
            actor=command.by.subject,
        )
    )
    await _await_inventory(command.site_id, tx)
    if command.patient_id is not None:
        await watch_refill(command.patient_id, tx)
    containers.add(tx, received)
    if command.supplier is not None:
        kept = Receipt(container_id=received.id, **asdict(command.supplier))
        stock.add_receipt(tx, kept)
    return received


async def _await_inventory(site_id: UUID, tx: Transaction) -> None:
    """A site takes its initial inventory on the day on which it first has drug (21 CFR 1304.11)."""
    if await containers.any_at(tx, site_id) or await inventories.last_at(tx, site_id):
        return
    after(tx, INVENTORY_DUE, site_id, data.loss_policy().initial_inventory_within)
