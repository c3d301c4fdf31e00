"""Open the episode that follows a discharge."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration import publish
from integration.data import integration_windows
from integration.domain.episode import Episode
from integration.store import episodes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEpisode:
    """A patient has been discharged from a dosing session."""

    session_id: UUID
    patient_id: UUID
    route: str
    last_dose_at: datetime  # aware, UTC
    discharged_at: datetime  # aware, UTC


async def open_episode(command: OpenEpisode, tx: Transaction) -> UUID:
    """Open the episode and announce it, both or neither; a repeat changes nothing.

    Returns the episode's id. Raises KeyError for a route the policy does not know.
    """
    if (earlier := await episodes.id_of_session(tx, command.session_id)) is not None:
        return earlier
    opened = Episode(
        id=uuid7(),
        patient_id=command.patient_id,
        session_id=command.session_id,
        route=command.route,
        # A late event makes no integration work done since the discharge impossible.
        opened_at=min(command.discharged_at, tx.now),
        due_at=integration_windows().due_at(command.route, command.last_dose_at),
    )
    episodes.add(tx, opened)
    await outbox.append(tx, publish.episode_opened(opened))
    return opened.id
