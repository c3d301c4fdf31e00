"""Holding slots over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from scheduling.http import policies
from scheduling.http.admission import wanted
from scheduling.http.call import SchedulingCall
from scheduling.http.refusals import explained
from scheduling.http.schemas.holds import HoldBody, HoldView
from scheduling.http.schemas.visits import VisitView
from scheduling.store import holds
from scheduling.use_cases.book_hold import BookHold, book_hold
from scheduling.use_cases.end_hold import EndHold, end_hold
from scheduling.use_cases.hold_slot import HoldSlot, hold_slot

routes = Routes("holds")


@routes.post("/v1/holds", policy=policies.HOLD_SLOT)
async def post_hold(call: SchedulingCall, body: HoldBody) -> HoldView:
    """Keep a slot for a few minutes. It blocks like a booking and ends by itself."""
    admit_site(call.caller, body.site_id)
    command = HoldSlot(visit=wanted(body), minutes=body.minutes, by=call.caller.subject)
    wanted_slot = (body.visit_type, body.site_id, body.starts_at)
    async with explained(call, wanted=wanted_slot), call.transaction() as tx:
        held = await hold_slot(command, tx)
        return call.answer(HoldView.of(held), location=f"/v1/holds/{held.id}")


@routes.get("/v1/holds/{hold_id}", policy=policies.HOLD_SLOT)
async def get_hold(call: SchedulingCall, hold_id: UUID) -> HoldView:
    """One hold."""
    async with call.transaction() as tx:
        held = await holds.find(tx, hold_id)
        admit_site(call.caller, held.site_id)
        return call.answer(HoldView.of(held))


@routes.post("/v1/holds/{hold_id}/booking", policy=policies.BOOK_VISIT)
async def post_hold_booking(call: SchedulingCall, hold_id: UUID) -> VisitView:
    """Book the visit whose slot is held."""
    async with explained(call), call.transaction() as tx:
        admit_site(call.caller, (await holds.find(tx, hold_id)).site_id)
        visit = await book_hold(BookHold(hold_id=hold_id), tx)
        location = f"/v1/visits/{visit.id}"
        return call.answer(VisitView.of(visit), version=visit.version, location=location)


@routes.post("/v1/holds/{hold_id}/release", policy=policies.HOLD_SLOT, status=200)
async def post_hold_release(call: SchedulingCall, hold_id: UUID) -> HoldView:
    """Give a held slot back."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await holds.find(tx, hold_id)).site_id)
        ended = await end_hold(EndHold(hold_id=hold_id, expired=False), tx)
        return call.answer(HoldView.of(ended))
