"""The waitlist over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from pydantic import Field

from scheduling.domain.waitlist import OfferState
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.waitlist import (
    EntryBody,
    EntryList,
    EntryView,
    OfferAnswerBody,
    OfferList,
    OfferView,
)
from scheduling.store import waitlists
from scheduling.use_cases.answer_offer import AnswerOffer, answer_offer
from scheduling.use_cases.join_waitlist import JoinWaitlist, join_waitlist
from scheduling.use_cases.leave_waitlist import LeaveWaitlist, leave_waitlist

routes = Routes("waitlist")


@routes.post("/v1/waitlist", policy=policies.BOOK_VISIT)
async def post_waitlist_entry(call: SchedulingCall, body: EntryBody) -> EntryView:
    """Put a patient on the waitlist. Slots that come free are offered in fair order."""
    for site_id in body.site_ids:
        admit_site(call.caller, site_id)
    command = JoinWaitlist(
        patient_id=body.patient_id,
        visit_type=body.visit_type,
        site_ids=tuple(body.site_ids),
        earliest_at=body.earliest_at,
        latest_at=body.latest_at,
        urgent=body.urgent,
    )
    async with call.transaction() as tx:
        return call.answer(EntryView.of(await join_waitlist(command, tx)))


@routes.get("/v1/waitlist", policy=policies.READ_VISIT)
async def list_waitlist(
    call: SchedulingCall,
    site_id: UUID | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> EntryList:
    """Who waits, in fair order, at the caller's sites."""
    if site_id is not None:
        admit_site(call.caller, site_id)
    mine = call.caller.sites
    async with call.transaction() as tx:
        found = await waitlists.page(tx, site_id=site_id, limit=limit)
        views = [
            EntryView.of(one) for one in found if mine is None or not mine.isdisjoint(one.site_ids)
        ]
        return call.answer(EntryList(items=views))


@routes.post("/v1/waitlist/{entry_id}/leave", policy=policies.BOOK_VISIT, status=200)
async def post_waitlist_leave(call: SchedulingCall, entry_id: UUID) -> EntryView:
    """Take a patient off the waitlist."""
    async with call.transaction() as tx:
        return call.answer(EntryView.of(await leave_waitlist(LeaveWaitlist(entry_id=entry_id), tx)))


@routes.get("/v1/waitlist/{entry_id}/offers", policy=policies.READ_VISIT)
async def list_offers(call: SchedulingCall, entry_id: UUID) -> OfferList:
    """What somebody who waits was offered."""
    async with call.transaction() as tx:
        entry = await waitlists.lock(tx, entry_id)
        found = await waitlists.offers_of(tx, entry.id)
        return call.answer(OfferList(items=[OfferView.of(one) for one in found]))


@routes.post("/v1/waitlist-offers/{offer_id}/answer", policy=policies.BOOK_VISIT, status=200)
async def post_offer_answer(
    call: SchedulingCall, offer_id: UUID, body: OfferAnswerBody
) -> OfferView:
    """Accept an offer, which books the visit, or decline it, which offers it to the next."""
    command = AnswerOffer(offer_id=offer_id, answer=OfferState(body.answer))
    async with call.transaction() as tx:
        admit_site(call.caller, (await waitlists.lock_offer(tx, offer_id)).site_id)
        visit = await answer_offer(command, tx)
        offer = await waitlists.lock_offer(tx, offer_id)
        visit_id = None if visit is None else visit.id
        return call.answer(OfferView.of(offer, visit_id=visit_id))
