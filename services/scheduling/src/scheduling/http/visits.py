"""Visits over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from kairos_events.fields import Day
from pydantic import Field

from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.clearances import note
from scheduling.http.refusals import explained
from scheduling.http.schemas.visits import CheckInBody, VisitBody, VisitPage, VisitView
from scheduling.store import links, visits
from scheduling.use_cases.book_visit import BookVisit, book_visit
from scheduling.use_cases.check_in_visit import CheckInVisit, check_in_visit

routes = Routes("visits")


@routes.post("/v1/visits", policy=policies.BOOK_VISIT)
async def post_visit(call: SchedulingCall, body: VisitBody) -> VisitView:
    """Book a visit. Who is too late for the slot hears of the next free ones at the site."""
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
    )
    wanted = (body.visit_type, body.site_id, body.starts_at)
    async with explained(call, wanted=wanted), call.transaction() as tx:
        booked = await book_visit(command, tx)
        location = f"/v1/visits/{booked.id}"
        return call.answer(VisitView.of(booked), version=booked.version, location=location)


@routes.get("/v1/visits", policy=policies.READ_VISIT)
async def list_visits(
    call: SchedulingCall,
    patient_id: UUID | None = None,
    site_id: UUID | None = None,
    day: Day | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> VisitPage:
    """Visits by start, at the caller's sites; `day` is the calendar day at each site.

    Those of a patient are found under every record that is the same person.
    """
    if site_id is not None:
        admit_site(call.caller, site_id)
    async with call.transaction() as tx:
        if patient_id is not None:
            tx.about(patient_id)
        page = Page(call, "visits", cursor, limit)
        found = await visits.page(
            tx,
            patients=None if patient_id is None else await links.records(tx, patient_id),
            site_id=site_id,
            local_on=day,
            within=call.caller.sites,
            after=page.after,
            limit=limit + 1,
        )
        items, following = page_of(
            page, found, lambda one: [one.starts_at.isoformat(), str(one.id)]
        )
        views = [VisitView.of(one) for one in items]
        return call.answer(VisitPage(items=views, next_cursor=following))


@routes.get("/v1/visits/{visit_id}", policy=policies.READ_VISIT)
async def get_visit(call: SchedulingCall, visit_id: UUID) -> VisitView:
    """One visit."""
    async with call.transaction() as tx:
        visit = await visits.find(tx, visit_id)
        admit_site(call.caller, visit.site_id)
        fresh = None if visit.route is None else await note(call, tx, visit.patient_id)
        return call.answer(VisitView.of(visit, fresh), version=visit.version)


@routes.post(
    "/v1/visits/{visit_id}/check-in", policy=policies.CHECK_IN_VISIT, status=200, if_match=True
)
async def post_check_in(call: SchedulingCall, visit_id: UUID, body: CheckInBody) -> VisitView:
    """Check the patient in."""
    command = CheckInVisit(
        visit_id=visit_id,
        version=call.if_match,
        escort_confirmed=body.escort_confirmed,
        fasting=body.fasting,
        screen=body.screen,
        consent_reaffirmed=body.consent_reaffirmed,
        by=call.caller.subject,
    )
    async with call.transaction() as tx:
        admit_site(call.caller, (await visits.find(tx, visit_id)).site_id)
        visit = await check_in_visit(command, tx)
        return call.answer(VisitView.of(visit), version=visit.version)
