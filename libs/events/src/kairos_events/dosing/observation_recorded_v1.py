"""A set of vital signs was taken during a dosing session."""

from uuid import UUID

from kairos_events.fields import Instant, Minutes, Moaas, Percent, Reading
from kairos_events.model import PublicEvent


class ObservationRecordedV1(
    PublicEvent, type="dosing.observation_recorded.v1", topic="dosing.telemetry", key="patient_id"
):
    """A set of vital signs was taken during a dosing session.

    Published for every observation, many per session, on a topic of its own. Partners and
    dashboards follow it; no service decides by it. A value that was not taken is null.
    """

    observation_id: UUID
    """The observation."""
    session_id: UUID
    """The dosing session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    observed_at: Instant
    """When it was taken."""
    minutes_since_first_dose: Minutes | None
    """Whole minutes since the first dose; null before it."""
    systolic_mmhg: Reading | None
    """Systolic blood pressure, mmHg."""
    diastolic_mmhg: Reading | None
    """Diastolic blood pressure, mmHg."""
    heart_rate_bpm: Reading | None
    """Heart rate, beats per minute."""
    spo2_percent: Percent | None
    """Oxygen saturation by pulse oximetry, percent."""
    respiratory_rate_bpm: Reading | None
    """Respiratory rate, breaths per minute."""
    moaas: Moaas | None
    """Modified Observer's Assessment of Alertness/Sedation, 0 (no response) to 5 (alert)."""
