"""Close an episode whose integration will not happen."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from integration import publish
from integration.domain.episode import Episode, Outcome
from integration.store import episodes


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseEpisode:
    """The patient declined integration, or missed it for good."""

    episode_id: UUID
    outcome: Outcome
    version: int  # as the caller has read it


async def close_episode(command: CloseEpisode, tx: Transaction) -> Episode:
    """Close the episode and announce it, both or neither.

    Raises EpisodeNotFound (404), StaleVersion (412), EpisodeClosed, NotYetMissed (409).
    """
    episode = await episodes.lock(tx, command.episode_id)
    if episode.version != command.version:
        raise StaleVersion
    closed = episode.close(command.outcome, at=tx.now)
    episodes.save_closed(tx, closed)
    await outbox.append(tx, publish.episode_closed(closed))
    return closed
