"""Orders over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.domain.order_facts import Weight
from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.orders import OrderBody, OrderView
from dosing.store import orders, sessions
from dosing.use_cases.cancel_order import CancelOrder, cancel_order
from dosing.use_cases.place_order import PlaceOrder, place_order

routes = Routes("orders")


@routes.post("/v1/sessions/{session_id}/orders", policy=policies.PLACE_ORDER)
async def post_order(call: DosingCall, session_id: UUID, body: OrderBody) -> OrderView:
    """Order a dose. Refused above a hard stop; a soft stop needs a reason."""
    command = PlaceOrder(
        session_id=session_id,
        route=body.route.value,
        product=body.product,
        value=body.amount.value,
        unit=body.amount.unit,
        weight=Weight(kg=body.weight.kg, measured_at=body.weight.measured_at),
        infusion_minutes=body.infusion_minutes,
        over_65=body.over_65,
        soft_stop_reason=body.soft_stop_reason,
        by=call.caller,
    )
    async with call.transaction() as tx:
        order = await place_order(command, tx)
        location = f"/v1/orders/{order.id}"
        return call.answer(OrderView.of(order), version=order.version, location=location)


@routes.get("/v1/orders/{order_id}", policy=policies.READ_ORDER)
async def get_order(call: DosingCall, order_id: UUID) -> OrderView:
    """One order."""
    async with call.transaction() as tx:
        order = await orders.find(tx, order_id)
        admit_site(call.caller, (await sessions.find(tx, order.session_id)).site_id)
        return call.answer(OrderView.of(order), version=order.version)


@routes.post(
    "/v1/orders/{order_id}/cancellation", policy=policies.CANCEL_ORDER, status=200, if_match=True
)
async def post_order_cancellation(call: DosingCall, order_id: UUID) -> OrderView:
    """Cancel an order that has not been carried out."""
    command = CancelOrder(order_id=order_id, version=call.if_match, by=call.caller)
    async with call.transaction() as tx:
        order = await cancel_order(command, tx)
        return call.answer(OrderView.of(order), version=order.version)
