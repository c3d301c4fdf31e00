"""Episodes over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from pydantic import Field

from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.schemas import CloseEpisodeBody, EpisodePage, EpisodeView
from integration.store import episodes
from integration.use_cases.close_episode import CloseEpisode, close_episode

routes = Routes("episodes")


@routes.get("/v1/episodes", policy=policies.READ_EPISODE)
async def list_episodes(
    call: IntegrationCall,
    patient_id: UUID | None = None,
    state: Literal["open", "closed"] | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> EpisodePage:
    """Episodes by due time, the most urgent first."""
    async with call.transaction() as tx:
        if patient_id is not None:
            tx.about(patient_id)
        page = Page(call, "episodes", cursor, limit)
        found = await episodes.page(
            tx, patient_id=patient_id, state=state, after=page.after, limit=limit + 1
        )
        items, following = page_of(page, found, lambda e: [e.due_at.isoformat(), str(e.id)])
        views = [EpisodeView.of(e, overdue=e.overdue(tx.now)) for e in items]
        return call.answer(EpisodePage(items=views, next_cursor=following))


@routes.get("/v1/episodes/{episode_id}", policy=policies.READ_EPISODE)
async def get_episode(call: IntegrationCall, episode_id: UUID) -> EpisodeView:
    """One episode."""
    async with call.transaction() as tx:
        episode = await episodes.find(tx, episode_id)
        tx.about(episode.patient_id)
        view = EpisodeView.of(episode, overdue=episode.overdue(tx.now))
        return call.answer(view, version=episode.version)


@routes.post(
    "/v1/episodes/{episode_id}/closure",
    policy=policies.CLOSE_EPISODE,
    status=200,
    if_match=True,
)
async def post_episode_closure(
    call: IntegrationCall, episode_id: UUID, body: CloseEpisodeBody
) -> EpisodeView:
    """Close an episode whose integration will not happen."""
    command = CloseEpisode(episode_id=episode_id, outcome=body.outcome, version=call.if_match)
    async with call.transaction() as tx:
        closed = await close_episode(command, tx)
        return call.answer(EpisodeView.of(closed, overdue=False), version=closed.version)
