"""Take the inventory of a site's controlled substances."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.store import inventories, site_books
from dosing.store.inventories import Inventory
from dosing.store.watch_timers import INVENTORY_DUE, after


class InventoryKind(StrEnum):
    """Why it is taken (21 CFR 1304.11)."""

    INITIAL = "initial"
    BIENNIAL = "biennial"
    OTHER = "other"


class TimeOfDay(StrEnum):
    """Whether it is of the opening or the close of business."""

    OPENING = "opening"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeInventory:
    """Everything there is at the site, exactly; an empty one too."""

    site_id: UUID
    kind: InventoryKind
    time_of_day: TimeOfDay
    taken_on: date
    by: Caller


async def take_inventory(command: TakeInventory, tx: Transaction) -> Inventory:
    """Keep what the books say, container by container, as of now.

    An initial or biennial one is due again within two years; a signal says when it is not taken.
    """
    admit_site(command.by, command.site_id)
    taken = Inventory(
        id=uuid7(),
        site_id=command.site_id,
        kind=command.kind.value,
        time_of_day=command.time_of_day.value,
        taken_on=command.taken_on,
        lines=[_line(book) for book in await site_books.of_site(tx, command.site_id)],
        taken_by=command.by.subject,
        taken_at=tx.now,
    )
    inventories.add(tx, taken)
    if command.kind is not InventoryKind.OTHER:
        after(tx, INVENTORY_DUE, command.site_id, data.loss_policy().inventory_within)
    return taken


def _line(book: site_books.Book) -> dict[str, Any]:
    box = book.container
    return {
        "container_id": str(box.id),
        "product": box.product,
        "lot": box.lot,
        "expires_on": box.expires_on.isoformat(),
        "balance_mg": f"{box.balance_mg:f}",
        "opened": box.first_drawn_at is not None,
    }
