"""Lots out of use, their release, and who got drug of one, over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from pydantic import Field

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.lots import (
    QuarantineBody,
    Quarantined,
    QuarantineList,
    QuarantineView,
    ReleaseBody,
    Released,
    ReleaseView,
)
from dosing.http.schemas.stock import Trace, TracedView
from dosing.store import lots, quarantines
from dosing.use_cases.ask_release import AskRelease, ask_release
from dosing.use_cases.confirm_release import ConfirmRelease, confirm_release
from dosing.use_cases.quarantine_lot import QuarantineLot, quarantine_lot

routes = Routes("lots")


@routes.post("/v1/lot-quarantines", policy=policies.QUARANTINE_LOT)
async def post_lot_quarantine(call: DosingCall, body: QuarantineBody) -> Quarantined:
    """Put a lot out of use in the whole network."""
    command = QuarantineLot(product=body.product, lot=body.lot, reason=body.reason, by=call.caller)
    async with call.transaction() as tx:
        await quarantine_lot(command, tx)
        return call.answer(Quarantined(product=body.product, lot=body.lot))


@routes.get("/v1/lot-quarantines", policy=policies.TRACE_LOT)
async def list_lot_quarantines(call: DosingCall, standing_only: bool = True) -> QuarantineList:
    """What keeps lots out of use in the whole network, the newest first."""
    async with call.transaction() as tx:
        found = await quarantines.listed(tx, standing_only=standing_only)
        items = [QuarantineView.of(one, stands=stands) for one, stands in found]
        return call.answer(QuarantineList(items=items))


@routes.post("/v1/lot-quarantines/{quarantine_id}/releases", policy=policies.RELEASE_LOT)
async def post_lot_release(call: DosingCall, quarantine_id: UUID, body: ReleaseBody) -> ReleaseView:
    """Ask that a lot may be used again: a recalled one only once the recall is withdrawn."""
    command = AskRelease(
        quarantine_id=quarantine_id,
        reason=body.reason,
        recall_notice=body.recall_notice,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(ReleaseView.of(await ask_release(command, tx)))


@routes.post("/v1/lot-releases/{release_id}/confirmation", policy=policies.RELEASE_LOT)
async def post_lot_release_confirmation(call: DosingCall, release_id: UUID) -> Released:
    """Agree, as the second person: the quarantine ends."""
    command = ConfirmRelease(release_id=release_id, by=call.caller)
    async with call.transaction() as tx:
        usable = await confirm_release(command, tx)
        return call.answer(Released(release_id=release_id, usable=usable))


@routes.get("/v1/lot-traces", policy=policies.TRACE_LOT)
async def get_lot_trace(
    call: DosingCall,
    product: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")],
    lot: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")],
) -> Trace:
    """Everybody who got drug of a lot, in the whole network, and every container of it."""
    async with call.transaction() as tx:
        found = await lots.trace(tx, product, lot)
        answer = Trace(
            containers=await lots.containers_of(tx, product, lot),
            doses=[TracedView.of(one) for one in found],
        )
        return call.answer(answer)
