"""What becomes of drawn drug that is not given, over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.drug import (
    ContainerView,
    ReturnBody,
    WasteBody,
    WasteView,
    WitnessBody,
)
from dosing.use_cases.request_waste import RequestWaste, request_waste
from dosing.use_cases.return_drug import ReturnDrug, return_drug
from dosing.use_cases.witness_waste import WitnessWaste, witness_waste

routes = Routes("wastes")


@routes.post("/v1/draws/{draw_id}/wastes", policy=policies.REQUEST_WASTE)
async def post_waste(call: DosingCall, draw_id: UUID, body: WasteBody) -> WasteView:
    """Ask for drug to be wasted; it counts once somebody else has witnessed it."""
    command = RequestWaste(
        draw_id=draw_id, amount_mg=body.amount_mg, reason=body.reason, by=call.caller
    )
    async with call.transaction() as tx:
        waste = await request_waste(command, tx)
        return call.answer(WasteView.of(waste, witness=None))


@routes.post("/v1/wastes/{waste_id}/witness", policy=policies.WITNESS_WASTE)
async def post_witness(call: DosingCall, waste_id: UUID, body: WitnessBody) -> WasteView:
    """Witness a waste, with a log-in of one's own."""
    command = WitnessWaste(waste_id=waste_id, amount_mg=body.amount_mg, by=call.caller)
    async with call.transaction() as tx:
        waste, _ = await witness_waste(command, tx)
        return call.answer(WasteView.of(waste, witness=call.caller.subject))


@routes.post("/v1/draws/{draw_id}/returns", policy=policies.RETURN_DRUG)
async def post_return(call: DosingCall, draw_id: UUID, body: ReturnBody) -> ContainerView:
    """Return drawn drug of which nothing was given."""
    command = ReturnDrug(draw_id=draw_id, amount_mg=body.amount_mg, by=call.caller)
    async with call.transaction() as tx:
        container = await return_drug(command, tx)
        return call.answer(ContainerView.of(container), version=container.last_seq)
