"""Hours, closures and equipment over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from scheduling.data.time_zones import tzdata_version
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.hours import (
    ClosureBody,
    ClosureView,
    EquipmentBody,
    EquipmentList,
    EquipmentView,
    HoursList,
    HoursView,
    PresenceBody,
    TimeDataView,
    WeekBody,
    WeekView,
)
from scheduling.store import openings, practitioners, sites
from scheduling.use_cases.add_equipment import AddEquipment, add_equipment
from scheduling.use_cases.close_resource import CloseResource, close_resource
from scheduling.use_cases.set_hours import HoursOfDay, SetHours, set_hours

routes = Routes("hours")


@routes.post("/v1/sites/{site_id}/hours", policy=policies.CHANGE_HOURS)
async def post_site_hours(call: SchedulingCall, site_id: UUID, body: WeekBody) -> WeekView:
    """Say when a site is open, from a day on. Visits that no longer fall into it are re-planned."""
    admit_site(call.caller, site_id)
    return await _set(call, site_id, None, body)


@routes.post("/v1/practitioners/{practitioner_id}/hours", policy=policies.CHANGE_HOURS)
async def post_practitioner_hours(
    call: SchedulingCall, practitioner_id: UUID, body: PresenceBody
) -> WeekView:
    """Say when a practitioner is at a site, from a day on."""
    admit_site(call.caller, body.site_id)
    return await _set(call, body.site_id, practitioner_id, body)


async def _set(
    call: SchedulingCall, site_id: UUID, practitioner_id: UUID | None, body: WeekBody
) -> WeekView:
    command = SetHours(
        site_id=site_id,
        practitioner_id=practitioner_id,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        week=[
            HoursOfDay(weekday=day.weekday, opens_at=day.opens_at, closes_at=day.closes_at)
            for day in body.week
        ],
    )
    async with call.transaction() as tx:
        week, outcome = await set_hours(command, tx)
        views = [HoursView.of(one) for one in week]
        return call.answer(WeekView(items=views, reassigned=outcome.reassigned, held=outcome.held))


@routes.get("/v1/sites/{site_id}/hours", policy=policies.READ_SITE)
async def list_site_hours(call: SchedulingCall, site_id: UUID) -> HoursList:
    """When a site is open."""
    async with call.transaction() as tx:
        site = await sites.find(tx, site_id)
        found = await openings.hours(tx, [site.id], [])
        return call.answer(HoursList(items=[HoursView.of(one) for one in found]))


@routes.get("/v1/sites/{site_id}/practitioners/{practitioner_id}/hours", policy=policies.READ_SITE)
async def list_practitioner_hours(
    call: SchedulingCall, site_id: UUID, practitioner_id: UUID
) -> HoursList:
    """When a practitioner is at a site."""
    async with call.transaction() as tx:
        site = await sites.find(tx, site_id)
        person = await practitioners.find(tx, practitioner_id)
        found = await openings.hours(tx, [site.id], [person.id])
        theirs = [HoursView.of(one) for one in found if one.practitioner_id == person.id]
        return call.answer(HoursList(items=theirs))


@routes.post("/v1/closures", policy=policies.CHANGE_HOURS)
async def post_closure(call: SchedulingCall, body: ClosureBody) -> ClosureView:
    """Close a site, a room or a piece, or let a practitioner be away.

    Visits it breaks are given to somebody else where that is possible; the rest is held and owned.
    """
    command = CloseResource(
        kind=body.kind,
        resource_id=body.resource_id,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        by=call.caller.subject,
    )
    async with call.transaction() as tx:
        closure, outcome = await close_resource(command, tx)
        return call.answer(ClosureView.of(closure, outcome.reassigned, outcome.held))


@routes.post("/v1/sites/{site_id}/equipment", policy=policies.CHANGE_SITE)
async def post_equipment(call: SchedulingCall, site_id: UUID, body: EquipmentBody) -> EquipmentView:
    """Add a piece of equipment to a site."""
    admit_site(call.caller, site_id)
    async with call.transaction() as tx:
        command = AddEquipment(site_id=site_id, kind=body.kind, name=body.name)
        return call.answer(EquipmentView.of(await add_equipment(command, tx)))


@routes.get("/v1/sites/{site_id}/equipment", policy=policies.READ_SITE)
async def list_equipment(call: SchedulingCall, site_id: UUID) -> EquipmentList:
    """The equipment of a site."""
    async with call.transaction() as tx:
        site = await sites.find(tx, site_id)
        found = await openings.equipment_at(tx, [site.id])
        return call.answer(EquipmentList(items=[EquipmentView.of(one) for one in found]))


@routes.get("/v1/time-data", policy=policies.READ_SITE)
async def get_time_data(call: SchedulingCall) -> TimeDataView:
    """Which time-zone data and which rules turn local times into instants."""
    async with call.transaction():
        return call.answer(TimeDataView(tzdata_version=tzdata_version()))
