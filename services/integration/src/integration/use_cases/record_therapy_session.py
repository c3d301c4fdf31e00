"""Record a meeting of patient and therapist; integration work completes its episode."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration import publish
from integration.domain.episode import Outcome
from integration.domain.therapy_session import SessionKind, TherapySession
from integration.store import people
from integration.store.episodes import episodes
from integration.store.therapy_sessions import therapy_sessions
from integration.use_cases.settle_episode import settle_episode


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTherapySession:
    """What happened in the room, as structured facts of the chart."""

    patient_id: UUID
    episode_id: UUID | None
    kind: SessionKind
    practitioner_id: UUID
    started_at: datetime  # aware, UTC
    ended_at: datetime  # aware, UTC
    themes: tuple[str, ...] = ()
    insights: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    modality: str | None = None
    co_therapists: tuple[UUID, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)


async def record_therapy_session(command: RecordTherapySession, tx: Transaction) -> UUID:
    """Keep the session, complete its episode and announce both, all or nothing.

    Returns the session's id. Raises EpisodeNotFound (404), EpisodeClosed,
    OtherPatientsEpisode, NotIntegrationWork, BeforeTheDose (409), ImpossibleTimes (422).
    """
    session = TherapySession(
        id=uuid7(),
        patient_id=command.patient_id,
        episode_id=command.episode_id,
        kind=command.kind,
        practitioner_id=command.practitioner_id,
        started_at=command.started_at,
        ended_at=command.ended_at,
        themes=command.themes,
        insights=command.insights,
        commitments=command.commitments,
        recorded_at=tx.now,
        modality=command.modality,
        co_therapists=command.co_therapists,
        record=command.record,
    )
    session.check_times(tx.now)
    if session.episode_id is not None:
        await _complete(session.episode_id, session, tx)
    therapy_sessions.add(tx, session)
    await outbox.append(tx, publish.therapy_session_recorded(session))
    return session.id


async def _complete(episode_id: UUID, session: TherapySession, tx: Transaction) -> None:
    episode = await episodes.lock(tx, episode_id)
    session.check_completes(episode, await people.records_of(tx, session.patient_id))
    closed = episode.close(Outcome.COMPLETED, at=tx.now, therapy_session_id=session.id)
    await settle_episode(closed, tx, by=session.practitioner_id)
