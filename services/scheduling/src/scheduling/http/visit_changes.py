"""Changing and ending visits over HTTP."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from scheduling.domain.visit import Visit
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.refusals import explained
from scheduling.http.schemas.visits import CancellationBody, MoveBody, OverbookingBody, VisitView
from scheduling.store import visits
from scheduling.use_cases.book_visit import BookVisit, book_visit
from scheduling.use_cases.cancel_visit import CancelVisit, cancel_visit
from scheduling.use_cases.complete_visit import CompleteVisit, complete_visit
from scheduling.use_cases.miss_visit import MissVisit, miss_visit
from scheduling.use_cases.move_visit import MoveVisit, move_visit
from scheduling.use_cases.occupy_slot import Overbooking
from scheduling.use_cases.settle_visit import SettleVisit, settle_visit
from scheduling.use_cases.transfer_visit import TransferVisit, transfer_visit

routes = Routes("visit changes")


@routes.post("/v1/overbookings", policy=policies.OVERBOOK_VISIT)
async def post_overbooking(call: SchedulingCall, body: OverbookingBody) -> VisitView:
    """Book a visit over what is taken: only as the policy allows, and for a coded reason."""
    admit_site(call.caller, body.site_id)
    command = BookVisit(
        patient_id=body.patient_id,
        site_id=body.site_id,
        room_id=body.room_id,
        visit_type=body.visit_type,
        route=None if body.route is None else body.route.value,
        starts_at=body.starts_at,
        staff=body.staff,
        equipment_ids=tuple(body.equipment_ids),
        overbooking=Overbooking(reason=body.reason, by=call.caller.subject),
    )
    async with explained(call), call.transaction() as tx:
        booked = await book_visit(command, tx)
        location = f"/v1/visits/{booked.id}"
        return call.answer(VisitView.of(booked), version=booked.version, location=location)


@routes.post("/v1/visits/{visit_id}/move", policy=policies.CHANGE_VISIT, status=200, if_match=True)
async def post_move(call: SchedulingCall, visit_id: UUID, body: MoveBody) -> VisitView:
    """Move a visit to another time, place or team. Everything is checked anew."""
    admit_site(call.caller, body.site_id)
    command = MoveVisit(
        visit_id=visit_id,
        version=call.if_match,
        site_id=body.site_id,
        room_id=body.room_id,
        starts_at=body.starts_at,
        staff=body.staff,
        equipment_ids=tuple(body.equipment_ids),
        reason=body.reason,
        by=call.caller.subject,
    )
    return await _changed(call, visit_id, partial(move_visit, command))


@routes.post(
    "/v1/visits/{visit_id}/release", policy=policies.CHANGE_VISIT, status=200, if_match=True
)
async def post_visit_release(call: SchedulingCall, visit_id: UUID) -> VisitView:
    """Let a held visit take place again, once everything it needs holds."""
    command = SettleVisit(visit_id=visit_id, version=call.if_match, by=call.caller.subject)
    return await _changed(call, visit_id, partial(settle_visit, command))


@routes.post(
    "/v1/visits/{visit_id}/transfer", policy=policies.BOOK_VISIT, status=200, if_match=True
)
async def post_transfer(call: SchedulingCall, visit_id: UUID) -> VisitView:
    """Book a visit of a merged record for the record that goes on. Answers the new visit."""
    command = TransferVisit(visit_id=visit_id, version=call.if_match, by=call.caller.subject)
    return await _changed(call, visit_id, partial(transfer_visit, command))


@routes.post(
    "/v1/visits/{visit_id}/cancellation", policy=policies.CHANGE_VISIT, status=200, if_match=True
)
async def post_cancellation(
    call: SchedulingCall, visit_id: UUID, body: CancellationBody
) -> VisitView:
    """Call a visit off, for a coded reason. Its slot is free again."""
    command = CancelVisit(
        visit_id=visit_id, version=call.if_match, reason=body.reason, by=call.caller.subject
    )
    return await _changed(call, visit_id, partial(cancel_visit, command))


@routes.post(
    "/v1/visits/{visit_id}/no-show", policy=policies.CHECK_IN_VISIT, status=200, if_match=True
)
async def post_no_show(call: SchedulingCall, visit_id: UUID) -> VisitView:
    """Record that the patient did not come."""
    command = MissVisit(visit_id=visit_id, version=call.if_match, by=call.caller.subject)
    return await _changed(call, visit_id, partial(miss_visit, command))


@routes.post(
    "/v1/visits/{visit_id}/completion", policy=policies.COMPLETE_VISIT, status=200, if_match=True
)
async def post_completion(call: SchedulingCall, visit_id: UUID) -> VisitView:
    """Record that a visit is over."""
    command = CompleteVisit(visit_id=visit_id, version=call.if_match, by=call.caller.subject)
    return await _changed(call, visit_id, partial(complete_visit, command))


async def _changed(
    call: SchedulingCall, visit_id: UUID, change: Callable[[Transaction], Awaitable[Visit]]
) -> VisitView:
    """Change a visit at one of the caller's sites, and answer what it is now."""
    async with explained(call), call.transaction() as tx:
        admit_site(call.caller, (await visits.find(tx, visit_id)).site_id)
        visit = await change(tx)
        return call.answer(VisitView.of(visit), version=visit.version)
