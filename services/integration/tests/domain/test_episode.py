"""An episode ends once, and is overdue when nobody ended it in time."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from integration.data import integration_windows
from integration.domain.episode import Episode, Outcome
from integration.domain.errors import (
    BeforeTheDose,
    EpisodeClosed,
    ImpossibleTimes,
    NotIntegrationWork,
    OtherPatientsEpisode,
)
from integration.domain.therapy_session import SessionKind, TherapySession

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
PATIENT = uuid4()
EPISODE = Episode(
    id=uuid4(),
    patient_id=PATIENT,
    session_id=uuid4(),
    route="im",
    opened_at=NOON,
    due_at=NOON + timedelta(hours=24),
)


def session(**changes: object) -> TherapySession:
    values: dict[str, object] = {
        "id": uuid4(),
        "patient_id": PATIENT,
        "episode_id": EPISODE.id,
        "kind": SessionKind.INTEGRATION,
        "practitioner_id": uuid4(),
        "started_at": NOON + timedelta(hours=20),
        "ended_at": NOON + timedelta(hours=21),
        "recorded_at": NOON + timedelta(hours=21),
        **changes,
    }
    return TherapySession(**values)  # type: ignore[arg-type]


def test_every_route_has_a_window() -> None:
    from kairos_events.fields import Route

    assert set(integration_windows().hours) == {route.value for route in Route}


def test_an_episode_ends_once() -> None:
    closed = EPISODE.close(Outcome.DECLINED, at=NOON)
    assert (closed.version, closed.outcome) == (2, Outcome.DECLINED)
    with pytest.raises(EpisodeClosed):
        closed.close(Outcome.COMPLETED, at=NOON)


def test_overdue_is_past_the_deadline_and_open() -> None:
    late = EPISODE.due_at + timedelta(seconds=1)
    assert not EPISODE.overdue(EPISODE.due_at)
    assert EPISODE.overdue(late)
    assert not EPISODE.close(Outcome.MISSED, at=late).overdue(late)


@pytest.mark.parametrize("kind", [SessionKind.INTEGRATION, SessionKind.GROUP])
def test_integration_work_completes_an_episode(kind: SessionKind) -> None:
    session(kind=kind).check_completes(EPISODE, {PATIENT})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"patient_id": uuid4()}, OtherPatientsEpisode),
        ({"kind": SessionKind.PREPARATION}, NotIntegrationWork),
        ({"started_at": NOON - timedelta(minutes=1)}, BeforeTheDose),
    ],
)
def test_other_work_does_not(changes: dict[str, object], error: type[Exception]) -> None:
    meeting = session(**changes)
    with pytest.raises(error):
        meeting.check_completes(EPISODE, {meeting.patient_id})


def test_a_session_ends_after_it_starts_and_before_it_is_recorded() -> None:
    done = NOON + timedelta(hours=21)
    session().check_times(done)
    with pytest.raises(ImpossibleTimes):
        session().check_times(done - timedelta(seconds=1))
    with pytest.raises(ImpossibleTimes):
        session(ended_at=NOON + timedelta(hours=20)).check_times(done)
