"""Close an episode whose integration will not happen."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.domain.episode import Episode, Outcome
from integration.store.episodes import episodes
from integration.use_cases.settle_episode import settle_episode


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseEpisode:
    """The patient declined integration, or missed it for good."""

    episode_id: UUID
    outcome: Outcome
    closed_by: UUID
    version: int  # as the caller has read it


async def close_episode(command: CloseEpisode, tx: Transaction) -> Episode:
    """Close the episode and announce it, both or neither.

    Raises EpisodeNotFound (404), StaleVersion (412), EpisodeClosed, NotYetMissed (409).
    """
    found = await episodes.seen(tx, command.episode_id, command.version)
    closed = found.close(command.outcome, at=tx.now)
    await settle_episode(closed, tx, by=command.closed_by)
    return closed
