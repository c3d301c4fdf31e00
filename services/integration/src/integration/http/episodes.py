"""Episodes over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from pydantic import Field

from integration.data import escalation
from integration.domain.episode import Episode
from integration.domain.visit import Visit
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.schemas import CloseEpisodeBody, EpisodePage, EpisodeView
from integration.store import episodes, visits
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
        planned = await _planned(tx, items)
        views = [EpisodeView.of(e, tx.now, planned) for e in items]
        return call.answer(EpisodePage(items=views, next_cursor=following))


@routes.get("/v1/episodes/{episode_id}", policy=policies.READ_EPISODE)
async def get_episode(call: IntegrationCall, episode_id: UUID) -> EpisodeView:
    """One episode."""
    async with call.transaction() as tx:
        episode = await episodes.episodes.find(tx, episode_id)
        view = EpisodeView.of(episode, tx.now, await _planned(tx, [episode]))
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
    command = CloseEpisode(
        episode_id=episode_id,
        outcome=body.outcome,
        closed_by=call.caller.subject,
        version=call.if_match,
    )
    async with call.transaction() as tx:
        closed = await close_episode(command, tx)
        return call.answer(EpisodeView.of(closed, tx.now), version=closed.version)


async def _planned(tx: Transaction, shown: Sequence[Episode]) -> list[Visit]:
    """The planned integration visits of the patients of these episodes."""
    types = escalation().integration_visit_types
    found = await visits.planned_for(tx, [episode.patient_id for episode in shown])
    return [visit for visit in found if visit.visit_type in types]
