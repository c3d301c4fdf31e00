"""From a domain fact to the public event that tells it."""

from kairos_events.fields import Route
from kairos_events.integration import (
    EpisodeClosedV1,
    EpisodeOpenedV1,
    EpisodeOutcome,
    TherapySessionKind,
    TherapySessionRecordedV1,
)

from integration.domain.episode import Episode
from integration.domain.therapy_session import TherapySession


def episode_opened(episode: Episode) -> EpisodeOpenedV1:
    """Integration is due."""
    return EpisodeOpenedV1(
        episode_id=episode.id,
        session_id=episode.session_id,
        patient_id=episode.patient_id,
        route=Route(episode.route),
        opened_at=episode.opened_at,
        due_at=episode.due_at,
    )


def episode_closed(episode: Episode) -> EpisodeClosedV1:
    """Integration is done, declined or given up."""
    assert episode.outcome is not None
    assert episode.closed_at is not None
    return EpisodeClosedV1(
        episode_id=episode.id,
        patient_id=episode.patient_id,
        outcome=EpisodeOutcome(episode.outcome),
        therapy_session_id=episode.therapy_session_id,
        closed_at=episode.closed_at,
    )


def therapy_session_recorded(session: TherapySession) -> TherapySessionRecordedV1:
    """A meeting took place. What was said stays here."""
    return TherapySessionRecordedV1(
        therapy_session_id=session.id,
        patient_id=session.patient_id,
        episode_id=session.episode_id,
        kind=TherapySessionKind(session.kind),
        practitioner_id=session.practitioner_id,
        started_at=session.started_at,
        ended_at=session.ended_at,
    )
