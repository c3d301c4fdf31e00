"""Inventories, at rest. Rows are only ever added."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, func, select

from dosing.domain.stock_errors import InventoryNotFound
from dosing.store import records
from dosing.store.stock_tables import inventory

_OF_SITE = statement(
    select(inventory).where(inventory.c.site_id == bindparam("site_id")).order_by(inventory.c.id)
)

_FIND = statement(select(inventory).where(inventory.c.id == bindparam("id")))
_DUE = statement(
    select(func.max(inventory.c.taken_at).label("at")).where(
        inventory.c.site_id == bindparam("site_id"), inventory.c.kind != "other"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What was at a site, container by container."""

    id: UUID
    site_id: UUID
    kind: str
    time_of_day: str
    taken_on: date
    lines: list[dict[str, Any]]
    taken_by: UUID
    taken_at: datetime


async def of_site(tx: Transaction, site_id: UUID) -> list[Inventory]:
    """A site's inventories, oldest first."""
    return [records.read(Inventory, row) for row in await tx.fetch(_OF_SITE, site_id=site_id)]


async def find(tx: Transaction, inventory_id: UUID) -> Inventory:
    """One inventory. Raises InventoryNotFound."""
    row = await tx.fetch_one(_FIND, id=inventory_id)
    if row is None:
        raise InventoryNotFound
    return records.read(Inventory, row)


async def last_at(tx: Transaction, site_id: UUID) -> datetime | None:
    """When a site's last initial or biennial inventory was taken."""
    row = await tx.fetch_one(_DUE, site_id=site_id)
    return None if row is None else row["at"]


def add(tx: Transaction, taken: Inventory) -> None:
    """Keep an inventory."""
    records.add(tx, inventory, taken)
