"""Sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from pydantic import Field

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.sessions import (
    AbortBody,
    SessionPage,
    SessionSummary,
    SessionView,
    StateName,
)
from dosing.http.session_view import view_of
from dosing.store import sessions
from dosing.use_cases.abort_session import AbortSession, abort_session

routes = Routes("sessions")


@routes.get("/v1/sessions", policy=policies.LIST_SESSIONS)
async def list_sessions(
    call: DosingCall,
    site_id: UUID | None = None,
    state: StateName | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> SessionPage:
    """Sessions of a site, or of all one works at, the newest first."""
    sites = call.sites(site_id)
    async with call.transaction() as tx:
        page = Page(call, "sessions", cursor, limit)
        found = await sessions.page(tx, sites=sites, state=state, after=page.after, limit=limit + 1)
        items, following = page_of(page, found, lambda s: [s.opened_at.isoformat(), str(s.id)])
        views = [SessionSummary.of(one) for one in items]
        return call.answer(SessionPage(items=views, next_cursor=following))


@routes.get("/v1/sessions/{session_id}", policy=policies.READ_SESSION)
async def get_session(call: DosingCall, session_id: UUID) -> SessionView:
    """One session with its order, schedule and moves."""
    async with call.transaction() as tx:
        session = await sessions.find(tx, session_id)
        admit_site(call.caller, session.site_id)
        return call.answer(await view_of(tx, session, call), version=session.version)


@routes.post(
    "/v1/sessions/{session_id}/abortion",
    policy=policies.ABORT_SESSION,
    status=200,
    if_match=True,
)
async def post_abortion(call: DosingCall, session_id: UUID, body: AbortBody) -> SessionView:
    """End a session in which no dose will be given."""
    command = AbortSession(
        session_id=session_id, reason=body.reason, version=call.if_match, by=call.caller
    )
    async with call.transaction() as tx:
        session = await abort_session(command, tx)
        return call.answer(await view_of(tx, session, call), version=session.version)
