"""What routes of episodes take and answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Instant, Route
from pydantic import Field

from integration.domain.episode import Episode, Outcome
from integration.domain.visit import Visit, next_after


class VisitOfEpisode(Answer):
    """The visit in which the integration is planned."""

    id: UUID
    starts_at: Instant
    in_time: bool = Field(description="whether it is before the deadline")


class EpisodeView(Answer):
    """The integration work that follows one dosing session."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    route: Route
    opened_at: Instant
    due_at: Instant
    state: Literal["open", "closed"]
    overdue: bool = Field(description="open past its deadline")
    closed_at: Instant | None
    outcome: Outcome | None
    therapy_session_id: UUID | None
    misses: int = Field(description="deadlines that passed with the episode open")
    visit: VisitOfEpisode | None = Field(description="null where none is planned")
    version: int

    @classmethod
    def of(cls, episode: Episode, now: datetime, planned: Iterable[Visit] = ()) -> "EpisodeView":
        """The view of an episode; `planned` are visits, its own among them."""
        coming = next_after(planned, episode.patient_id, episode.opened_at)
        visit = None
        if coming is not None and episode.closed_at is None:
            in_time = coming.starts_at <= episode.due_at
            visit = VisitOfEpisode(id=coming.id, starts_at=coming.starts_at, in_time=in_time)
        return cls(
            id=episode.id,
            patient_id=episode.patient_id,
            session_id=episode.session_id,
            route=Route(episode.route),
            opened_at=episode.opened_at,
            due_at=episode.due_at,
            state="open" if episode.closed_at is None else "closed",
            overdue=episode.overdue(now),
            closed_at=episode.closed_at,
            outcome=episode.outcome,
            therapy_session_id=episode.therapy_session_id,
            misses=episode.misses,
            visit=visit,
            version=episode.version,
        )


class EpisodePage(Answer):
    """Episodes by due time."""

    items: list[EpisodeView]
    next_cursor: str | None


class CloseEpisodeBody(Body):
    """Why the episode ends without its integration."""

    outcome: Literal[Outcome.MISSED, Outcome.DECLINED]
