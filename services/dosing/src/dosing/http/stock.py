"""Counts, discrepancies, transfers, destruction and closed days over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.drug import ContainerView
from dosing.http.schemas.stock import (
    CloseBody,
    Closed,
    CountBody,
    CountView,
    DestructionBody,
    DestructionView,
    DiscrepancyList,
    DiscrepancyView,
    SeenBody,
    StepBody,
    StepView,
    StockTransferBody,
    TransferList,
    TransferView,
)
from dosing.store import stock
from dosing.use_cases.ask_destruction import AskDestruction, ask_destruction
from dosing.use_cases.close_day import CloseDay, close_day
from dosing.use_cases.count_container import CountContainer, count_container
from dosing.use_cases.receive_transfer import ReceiveTransfer, receive_transfer
from dosing.use_cases.send_transfer import SendTransfer, send_transfer
from dosing.use_cases.settle_discrepancy import SettleDiscrepancy, settle_discrepancy
from dosing.use_cases.witness_destruction import WitnessDestruction, witness_destruction

routes = Routes("stock")


@routes.post("/v1/containers/{container_id}/counts", policy=policies.COUNT_CONTAINER)
async def post_count(call: DosingCall, container_id: UUID, body: CountBody) -> CountView:
    """Count a container; the book is not shown before."""
    command = CountContainer(container_id=container_id, counted_mg=body.counted_mg, by=call.caller)
    async with call.transaction() as tx:
        _, found = await count_container(command, tx)
        view = None if found is None else DiscrepancyView.of(found)
        answer = CountView(container_id=container_id, counted_mg=body.counted_mg, discrepancy=view)
        return call.answer(answer)


@routes.get("/v1/discrepancies", policy=policies.READ_BOOKS)
async def list_discrepancies(
    call: DosingCall, site_id: UUID | None = None, open_only: bool = True
) -> DiscrepancyList:
    """Discrepancies of a site, or of all one works at, the newest first."""
    sites = call.sites(site_id)
    async with call.transaction() as tx:
        found = await stock.discrepancies(tx, sites, open_only=open_only)
        return call.answer(DiscrepancyList(items=[DiscrepancyView.of(one) for one in found]))


@routes.post("/v1/discrepancies/{discrepancy_id}/steps", policy=policies.SETTLE_DISCREPANCY)
async def post_discrepancy_step(call: DosingCall, discrepancy_id: UUID, body: StepBody) -> StepView:
    """Explain a discrepancy or write it off, with somebody who agrees; or say that it was told."""
    command = SettleDiscrepancy(
        discrepancy_id=discrepancy_id,
        kind=body.kind,
        reason=body.reason,
        witness=body.witness,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(StepView.of(await settle_discrepancy(command, tx)))


@routes.post("/v1/containers/{container_id}/transfers", policy=policies.TRANSFER_STOCK)
async def post_transfer_out(
    call: DosingCall, container_id: UUID, body: StockTransferBody
) -> TransferView:
    """Send a container to another site of the network."""
    command = SendTransfer(container_id=container_id, to_site_id=body.to_site_id, by=call.caller)
    async with call.transaction() as tx:
        return call.answer(TransferView.of(await send_transfer(command, tx)))


@routes.get("/v1/transfers", policy=policies.READ_BOOKS)
async def list_transfers(call: DosingCall, site_id: UUID) -> TransferList:
    """What was sent from or to a site and has not arrived."""
    call.sites(site_id)
    async with call.transaction() as tx:
        found = await stock.in_transit(tx, site_id)
        return call.answer(TransferList(items=[TransferView.of(one) for one in found]))


@routes.post("/v1/transfers/{transfer_id}/receipt", policy=policies.TRANSFER_STOCK)
async def post_transfer_receipt(
    call: DosingCall, transfer_id: UUID, body: SeenBody
) -> ContainerView:
    """Take a container from another site into the ledger."""
    command = ReceiveTransfer(transfer_id=transfer_id, amount_mg=body.amount_mg, by=call.caller)
    async with call.transaction() as tx:
        received = await receive_transfer(command, tx)
        return call.answer(ContainerView.of(received), location=f"/v1/containers/{received.id}")


@routes.post("/v1/containers/{container_id}/destructions", policy=policies.DESTROY_STOCK)
async def post_destruction(
    call: DosingCall, container_id: UUID, body: DestructionBody
) -> DestructionView:
    """Ask for stock to be destroyed; two employees have to see it."""
    command = AskDestruction(
        container_id=container_id,
        amount_mg=body.amount_mg,
        method=body.method,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(DestructionView.of(await ask_destruction(command, tx), 0))


@routes.post("/v1/destructions/{destruction_id}/witness", policy=policies.DESTROY_STOCK)
async def post_destruction_witness(
    call: DosingCall, destruction_id: UUID, body: SeenBody
) -> DestructionView:
    """Witness that it was rendered non-retrievable."""
    command = WitnessDestruction(
        destruction_id=destruction_id, amount_mg=body.amount_mg, by=call.caller
    )
    async with call.transaction() as tx:
        seen = await witness_destruction(command, tx)
        asked = await stock.find_destruction(tx, destruction_id)
        return call.answer(DestructionView.of(asked, seen))


@routes.post("/v1/day-closes", policy=policies.CLOSE_DAY)
async def post_day_close(call: DosingCall, body: CloseBody) -> Closed:
    """Close a site's books for a day."""
    command = CloseDay(site_id=body.site_id, day=body.day, zone_said=body.site_zone, by=call.caller)
    async with call.transaction() as tx:
        await close_day(command, tx)
        return call.answer(Closed(site_id=body.site_id, day=body.day))
