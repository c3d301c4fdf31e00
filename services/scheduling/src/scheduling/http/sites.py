"""Sites and rooms over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from pydantic import Field

from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.sites import RoomBody, RoomPage, RoomView, SiteBody, SitePage, SiteView
from scheduling.store import sites
from scheduling.use_cases.add_room import AddRoom, add_room
from scheduling.use_cases.add_site import AddSite, add_site

routes = Routes("sites")


@routes.post("/v1/sites", policy=policies.CHANGE_SITE)
async def post_site(call: SchedulingCall, body: SiteBody) -> SiteView:
    """Add a clinic location."""
    command = AddSite(name=body.name, zone=body.zone, state=body.state)
    async with call.transaction() as tx:
        added = await add_site(command, tx)
        return call.answer(SiteView.of(added), location=f"/v1/sites/{added.id}")


@routes.get("/v1/sites", policy=policies.READ_SITE)
async def list_sites(
    call: SchedulingCall,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> SitePage:
    """Sites in the order they were added."""
    async with call.transaction() as tx:
        page = Page(call, "sites", cursor, limit)
        after = None if page.after is None else UUID(page.after[0])
        found = await sites.page(tx, after=after, limit=limit + 1)
        items, following = page_of(page, found, lambda one: [str(one.id)])
        views = [SiteView.of(one) for one in items]
        return call.answer(SitePage(items=views, next_cursor=following))


@routes.get("/v1/sites/{site_id}", policy=policies.READ_SITE)
async def get_site(call: SchedulingCall, site_id: UUID) -> SiteView:
    """One site."""
    async with call.transaction() as tx:
        return call.answer(SiteView.of(await sites.find(tx, site_id)))


@routes.post("/v1/sites/{site_id}/rooms", policy=policies.CHANGE_SITE)
async def post_room(call: SchedulingCall, site_id: UUID, body: RoomBody) -> RoomView:
    """Add a room to a site."""
    admit_site(call.caller, site_id)
    async with call.transaction() as tx:
        added = await add_room(AddRoom(site_id=site_id, name=body.name), tx)
        return call.answer(RoomView.of(added), location=f"/v1/sites/{site_id}/rooms/{added.id}")


@routes.get("/v1/sites/{site_id}/rooms", policy=policies.READ_SITE)
async def list_rooms(
    call: SchedulingCall,
    site_id: UUID,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> RoomPage:
    """Rooms of a site in the order they were added."""
    async with call.transaction() as tx:
        site = await sites.find(tx, site_id)
        page = Page(call, f"rooms {site.id}", cursor, limit)
        after = None if page.after is None else UUID(page.after[0])
        found = await sites.page_rooms(tx, site.id, after=after, limit=limit + 1)
        items, following = page_of(page, found, lambda one: [str(one.id)])
        views = [RoomView.of(one) for one in items]
        return call.answer(RoomPage(items=views, next_cursor=following))


@routes.get("/v1/sites/{site_id}/rooms/{room_id}", policy=policies.READ_SITE)
async def get_room(call: SchedulingCall, site_id: UUID, room_id: UUID) -> RoomView:
    """One room of a site."""
    async with call.transaction() as tx:
        return call.answer(RoomView.of(await sites.find_room(tx, room_id, site_id=site_id)))
