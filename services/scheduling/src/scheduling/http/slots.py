"""Free slots over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from kairos_events.fields import Code, Instant
from pydantic import Field

from scheduling.domain.practitioner import Role
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.slots import SlotList, SlotView
from scheduling.use_cases.find_slots import FindSlots, find_slots

routes = Routes("slots")


@routes.get("/v1/slots", policy=policies.READ_SLOTS)
async def list_slots(
    call: SchedulingCall,
    visit_type: Code,
    since: Instant,
    until: Instant,
    patient_id: UUID | None = None,
    site_id: UUID | None = None,
    language: Code | None = None,
    prescriber: UUID | None = None,
    nurse: UUID | None = None,
    therapist: UUID | None = None,
    continuity: bool = False,
    limit: Annotated[int, Field(ge=1, le=100)] = 20,
) -> SlotList:
    """The first free slots for everybody and everything a visit needs, at the caller's sites.

    Each says who and what could serve it: choose one of each for a booking or a hold. Whom the
    patient knows comes first; with `continuity` there are no others.
    """
    if site_id is not None:
        admit_site(call.caller, site_id)
    sites = None if call.caller.sites is None else sorted(call.caller.sites)
    named = {Role.PRESCRIBER: prescriber, Role.NURSE: nurse, Role.THERAPIST: therapist}
    command = FindSlots(
        visit_type=visit_type,
        since=since,
        until=until,
        patient_id=patient_id,
        site_ids=sites if site_id is None else [site_id],
        languages=frozenset() if language is None else frozenset({language}),
        people={role: frozenset({who}) for role, who in named.items() if who is not None},
        continuity=continuity,
        limit=limit,
    )
    async with call.transaction() as tx:
        if patient_id is not None:
            tx.about(patient_id)
        found = await find_slots(command, tx)
        return call.answer(SlotList(items=[SlotView.of(one) for one in found]))
