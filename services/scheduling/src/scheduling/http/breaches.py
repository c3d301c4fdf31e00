"""Integration that did not take place in time, over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from pydantic import Field

from scheduling.domain.integration_duty import IntegrationDuty
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.duties import BreachPage, BreachView, ResolutionBody
from scheduling.store import duties
from scheduling.use_cases.close_breach import CloseBreach, close_breach

routes = Routes("integration breaches")


@routes.get("/v1/integration-breaches", policy=policies.READ_VISIT)
async def list_breaches(
    call: SchedulingCall,
    site_id: UUID | None = None,
    owner_id: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> BreachPage:
    """Open breaches, the longest open first."""
    if site_id is not None:
        admit_site(call.caller, site_id)
    async with call.transaction() as tx:
        page = Page(call, "breaches", cursor, limit)
        found = await duties.page(
            tx, site_id=site_id, owner_id=owner_id, after=page.after, limit=limit + 1
        )
        items, following = page_of(page, found, _position)
        sites = call.caller.sites
        views = [BreachView.of(one) for one in items if sites is None or one.site_id in sites]
        return call.answer(BreachPage(items=views, next_cursor=following))


@routes.post(
    "/v1/integration-breaches/{breach_id}/resolution", policy=policies.CLOSE_BREACH, status=200
)
async def post_breach_resolution(
    call: SchedulingCall, breach_id: UUID, body: ResolutionBody
) -> BreachView:
    """Close a breach without the visit, for a coded reason."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await duties.lock_breach(tx, breach_id)).site_id)
        command = CloseBreach(breach_id=breach_id, resolution=body.resolution)
        return call.answer(BreachView.of(await close_breach(command, tx)))


def _position(breach: IntegrationDuty) -> list[str]:
    assert breach.breached_at is not None
    return [breach.breached_at.isoformat(), str(breach.session_id)]
