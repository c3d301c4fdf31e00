"""Public events of integration: what follows a dosing session."""

from kairos_events.integration.episode_closed_v1 import EpisodeClosedV1, EpisodeOutcome
from kairos_events.integration.episode_opened_v1 import EpisodeOpenedV1
from kairos_events.integration.integration_missed_v1 import IntegrationMissedV1
from kairos_events.integration.measure_due_v1 import MeasureDueV1
from kairos_events.integration.outcome_recorded_v1 import OutcomeRecordedV1
from kairos_events.integration.red_flag_raised_v1 import RedFlagRaisedV1
from kairos_events.integration.safety_call_completed_v1 import SafetyCallCompletedV1
from kairos_events.integration.safety_call_due_v1 import SafetyCallDueV1
from kairos_events.integration.severity import FlagSeverity
from kairos_events.integration.therapy_session_recorded_v1 import (
    TherapySessionKind,
    TherapySessionRecordedV1,
)

__all__ = [
    "EpisodeClosedV1",
    "EpisodeOpenedV1",
    "EpisodeOutcome",
    "FlagSeverity",
    "IntegrationMissedV1",
    "MeasureDueV1",
    "OutcomeRecordedV1",
    "RedFlagRaisedV1",
    "SafetyCallCompletedV1",
    "SafetyCallDueV1",
    "TherapySessionKind",
    "TherapySessionRecordedV1",
]
