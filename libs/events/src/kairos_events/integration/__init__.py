"""Public events of integration: what follows a dosing session."""

from kairos_events.integration.episode_closed_v1 import EpisodeClosedV1, EpisodeOutcome
from kairos_events.integration.episode_opened_v1 import EpisodeOpenedV1
from kairos_events.integration.therapy_session_recorded_v1 import (
    TherapySessionKind,
    TherapySessionRecordedV1,
)

__all__ = [
    "EpisodeClosedV1",
    "EpisodeOpenedV1",
    "EpisodeOutcome",
    "TherapySessionKind",
    "TherapySessionRecordedV1",
]
