"""From a domain fact to the public event that tells it."""

from datetime import datetime

from kairos_events.fields import Route
from kairos_events.integration import (
    EpisodeClosedV1,
    EpisodeOpenedV1,
    EpisodeOutcome,
    FlagSeverity,
    IntegrationMissedV1,
    MeasureDueV1,
    OutcomeRecordedV1,
    RedFlagRaisedV1,
    SafetyCallCompletedV1,
    SafetyCallDueV1,
    TherapySessionKind,
    TherapySessionRecordedV1,
)

from integration.domain.episode import Episode
from integration.domain.measure import Measure
from integration.domain.outcome import Outcome
from integration.domain.red_flag import RedFlag
from integration.domain.safety_call import SafetyCall
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


def integration_missed(episode: Episode, *, in_a_row: int, at: datetime) -> IntegrationMissedV1:
    """Integration was not done in time, for the n-th time in a row."""
    return IntegrationMissedV1(
        episode_id=episode.id,
        session_id=episode.session_id,
        patient_id=episode.patient_id,
        route=Route(episode.route),
        consecutive_misses=in_a_row,
        due_at=episode.due_at,
        missed_at=at,
    )


def safety_call_due(call: SafetyCall) -> SafetyCallDueV1:
    """The hour of a call has come."""
    return SafetyCallDueV1(
        safety_call_id=call.id,
        patient_id=call.patient_id,
        session_id=call.session_id,
        occasion=call.occasion,
        due_at=call.due_at,
    )


def safety_call_completed(call: SafetyCall) -> SafetyCallCompletedV1:
    """A call is settled. What was said stays here."""
    assert call.outcome is not None
    assert call.completed_at is not None
    return SafetyCallCompletedV1(
        safety_call_id=call.id,
        patient_id=call.patient_id,
        occasion=call.occasion,
        outcome=call.outcome.value,
        completed_at=call.completed_at,
    )


def red_flag_raised(flag: RedFlag) -> RedFlagRaisedV1:
    """A sign of danger was seen. How it showed stays here."""
    assert flag.announced_at is not None
    return RedFlagRaisedV1(
        red_flag_id=flag.id,
        patient_id=flag.patient_id,
        kind=flag.kind.value,
        severity=FlagSeverity(flag.severity),
        origin=flag.origin.value,
        raised_at=flag.announced_at,
    )


def measure_due(measure: Measure) -> MeasureDueV1:
    """A rating scale is to be filled in."""
    return MeasureDueV1(
        measure_id=measure.id,
        patient_id=measure.patient_id,
        instrument=measure.instrument,
        occasion=measure.occasion,
        due_at=measure.due_at,
    )


def outcome_recorded(outcome: Outcome, *, at: datetime) -> OutcomeRecordedV1:
    """What a completed scale says about the course."""
    return OutcomeRecordedV1(
        outcome_id=outcome.id,
        patient_id=outcome.patient_id,
        assessment_id=outcome.assessment_id,
        baseline_assessment_id=outcome.baseline_assessment_id,
        instrument=outcome.instrument,
        score=outcome.score,
        change_percent=outcome.change_percent,
        classes=outcome.classes,
        policy_version=outcome.policy_version,
        recorded_at=at,
    )
