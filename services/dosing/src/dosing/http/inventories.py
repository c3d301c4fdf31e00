"""Inventories over HTTP."""

from typing import Any
from uuid import UUID

from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Day, Instant

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.papers import books, inventory, table
from dosing.store import inventories
from dosing.store.inventories import Inventory
from dosing.use_cases.take_inventory import (
    InventoryKind,
    TakeInventory,
    TimeOfDay,
    take_inventory,
)

routes = Routes("inventories")


class InventoryBody(Body):
    """An inventory to be taken now."""

    site_id: UUID
    kind: InventoryKind
    time_of_day: TimeOfDay
    taken_on: Day


class InventoryView(Answer):
    """What was at a site, container by container. Milligrams of base."""

    id: UUID
    site_id: UUID
    kind: str
    time_of_day: str
    taken_on: Day
    lines: list[dict[str, Any]]
    taken_by: UUID
    taken_at: Instant

    @classmethod
    def of(cls, one: Inventory) -> "InventoryView":
        """The view of an inventory."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class InventoryList(Answer):
    """A site's inventories, oldest first."""

    items: list[InventoryView]


@routes.post("/v1/inventories", policy=policies.TAKE_INVENTORY)
async def post_inventory(call: DosingCall, body: InventoryBody) -> InventoryView:
    """Take the inventory of a site."""
    command = TakeInventory(
        site_id=body.site_id,
        kind=body.kind,
        time_of_day=body.time_of_day,
        taken_on=body.taken_on,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(InventoryView.of(await take_inventory(command, tx)))


@routes.get("/v1/inventories", policy=policies.READ_BOOKS)
async def list_inventories(call: DosingCall, site_id: UUID) -> InventoryList:
    """A site's inventories, oldest first."""
    call.sites(site_id)
    async with call.transaction() as tx:
        found = await inventories.of_site(tx, site_id)
        return call.answer(InventoryList(items=[InventoryView.of(one) for one in found]))


@routes.document(
    "/v1/inventories/{inventory_id}/list.csv", policy=policies.READ_BOOKS, media_type="text/csv"
)
async def get_inventory_csv(call: DosingCall, inventory_id: UUID) -> Document:
    """An inventory as it was taken, for other programs."""
    async with call.transaction() as tx:
        taken = await inventories.find(tx, inventory_id)
        call.sites(taken.site_id)
        content = table.csv_of(inventory.HEAD, inventory.rows(taken))
        return call.document(content, filename=f"inventory-{taken.taken_on}.csv")


@routes.document(
    "/v1/inventories/{inventory_id}/list.pdf",
    policy=policies.READ_BOOKS,
    media_type="application/pdf",
)
async def get_inventory_pdf(call: DosingCall, inventory_id: UUID) -> Document:
    """An inventory as it was taken, to be printed and signed."""
    async with call.transaction() as tx:
        taken = await inventories.find(tx, inventory_id)
        call.sites(taken.site_id)
        title = "Controlled substance inventory"
        lines, rows = inventory.summary(taken), inventory.rows(taken)
        content = table.pdf_of(title, lines, *books.printed(inventory.HEAD, rows))
        return call.document(content, filename=f"inventory-{taken.taken_on}.pdf")
