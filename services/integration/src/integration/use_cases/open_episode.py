"""Open the episode that follows a dosing session."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox, timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration import publish
from integration.data import escalation, integration_windows
from integration.domain.episode import Episode
from integration.domain.task import TaskKind
from integration.domain.visit import next_after
from integration.store import episodes, visits
from integration.use_cases.open_task import OpenTask, open_task

DEADLINE = "episode.deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEpisode:
    """A patient has left a dosing session, discharged or against advice."""

    session_id: UUID
    patient_id: UUID
    site_id: UUID
    route: str
    last_dose_at: datetime  # aware, UTC
    left_at: datetime  # aware, UTC


async def open_episode(command: OpenEpisode, tx: Transaction) -> UUID:
    """Open the episode, watch its deadline and announce it; a repeat changes nothing.

    Returns the episode's id. Raises KeyError for a route the policy does not know.
    """
    if (earlier := await episodes.of_session(tx, command.session_id)) is not None:
        return earlier.id
    opened = Episode(
        id=uuid7(),
        patient_id=command.patient_id,
        session_id=command.session_id,
        site_id=command.site_id,
        route=command.route,
        # A late event makes no integration work done since the discharge impossible.
        opened_at=min(command.left_at, tx.now),
        due_at=integration_windows().due_at(command.route, command.last_dose_at),
    )
    episodes.episodes.add(tx, opened)
    timers.schedule(tx, DEADLINE, opened.id, opened.due_at, patient_id=opened.patient_id)
    await outbox.append(tx, publish.episode_opened(opened))
    await _have_it_booked(opened, tx)
    return opened.id


async def _have_it_booked(opened: Episode, tx: Transaction) -> None:
    """Where the calendar has no integration before the deadline, somebody books it now."""
    types = escalation().integration_visit_types
    planned = await visits.planned_for(tx, [opened.patient_id])
    fitting = [visit for visit in planned if visit.visit_type in types]
    coming = next_after(fitting, opened.patient_id, opened.opened_at)
    if coming is not None and coming.starts_at <= opened.due_at:
        return
    await open_task(
        OpenTask(
            patient_id=opened.patient_id,
            kind=TaskKind.BOOK_INTEGRATION,
            subject_id=opened.id,
            role="front_desk",
            due_at=min(opened.due_at, opened.opened_at + escalation().call_within),
        ),
        tx,
    )
