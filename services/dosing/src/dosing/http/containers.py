"""Containers and their ledgers over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from pydantic import Field

from dosing.domain.ledger import intact
from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.drug import (
    ContainerBody,
    ContainerPage,
    ContainerView,
    EntryView,
    LedgerView,
)
from dosing.store import containers, quarantines
from dosing.use_cases.receive_container import ReceiveContainer, receive_container

routes = Routes("containers")


@routes.post("/v1/containers", policy=policies.RECEIVE_CONTAINER)
async def post_container(call: DosingCall, body: ContainerBody) -> ContainerView:
    """Take a full container into the ledger."""
    command = ReceiveContainer(
        site_id=body.site_id,
        product=body.product,
        lot=body.lot,
        expires_on=body.expires_on,
        amount_mg=body.amount_mg,
        ownership=body.ownership,
        patient_id=body.patient_id,
        supplier=None if body.supplier is None else body.supplier.supplier(),
        by=call.caller,
    )
    async with call.transaction() as tx:
        received = await receive_container(command, tx)
        location = f"/v1/containers/{received.id}"
        return call.answer(ContainerView.of(received), version=received.last_seq, location=location)


@routes.get("/v1/containers", policy=policies.READ_CONTAINER)
async def list_containers(
    call: DosingCall,
    site_id: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> ContainerPage:
    """Containers of a site, or of all one works at, in the order of their receipt."""
    sites = call.sites(site_id)
    async with call.transaction() as tx:
        page = Page(call, "containers", cursor, limit)
        found = await containers.page(tx, sites=sites, after=page.after, limit=limit + 1)
        items, following = page_of(page, found, lambda one: [str(one.id)])
        views = [ContainerView.of(one) for one in items]
        return call.answer(ContainerPage(items=views, next_cursor=following))


@routes.get("/v1/containers/{container_id}", policy=policies.READ_CONTAINER)
async def get_container(call: DosingCall, container_id: UUID) -> LedgerView:
    """One container with its whole ledger, verified."""
    async with call.transaction() as tx:
        found = await containers.lock(tx, container_id)  # so that ledger and balance agree
        admit_site(call.caller, found.site_id)
        entries = await containers.entries_of(tx, container_id)
        view = LedgerView(
            **ContainerView.of(found).model_dump(),
            quarantined=await quarantines.stands(tx, found.product, found.lot),
            chain="intact" if intact(entries, found) else "broken",
            entries=[EntryView.of(one) for one in entries],
        )
        return call.answer(view, version=found.last_seq)
