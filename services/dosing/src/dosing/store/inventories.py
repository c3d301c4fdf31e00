"""Inventories, at rest. Rows are only ever added."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.store import records
from dosing.store.stock_tables import inventory

_OF_SITE = statement(
    select(inventory).where(inventory.c.site_id == bindparam("site_id")).order_by(inventory.c.id)
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


def add(tx: Transaction, taken: Inventory) -> None:
    """Keep an inventory."""
    records.add(tx, inventory, taken)
