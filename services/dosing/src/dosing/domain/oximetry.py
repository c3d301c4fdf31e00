"""Pulse oximetry without a break while a patient is sedated (clinical reference 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dosing.domain.alerts import AlertRule, Severity
from dosing.domain.observation import Observation
from dosing.domain.series import DeviceReading

RULE = AlertRule(
    code="spo2_not_continuous",
    severity=Severity.RED,
    stops_drug=True,
    conditions=(),
    lasting=timedelta(0),
    symptoms=frozenset(),
    moaas_at_most=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OximetryPolicy:
    """Policy data."""

    continuous_spo2_moaas_at_most: int
    continuous_spo2_gap: timedelta


def sedated(observations: Sequence[Observation], policy: OximetryPolicy) -> bool:
    """Whether the newest sedation score since the first dose asks for it; oldest first."""
    seen = (
        one.readings.moaas
        for one in reversed(observations)
        if one.minutes_since_first_dose is not None
    )
    newest = next((score for score in seen if score is not None), None)
    return newest is not None and newest <= policy.continuous_spo2_moaas_at_most


def missing(
    taken: Observation, devices: Sequence[DeviceReading], policy: OximetryPolicy, now: datetime
) -> bool:
    """Whether a patient just seen sedated is on no oximeter.

    Either the observer says that one runs, or a monitor has just sent a saturation itself.
    """
    score = taken.readings.moaas
    if score is None or score > policy.continuous_spo2_moaas_at_most:
        return False
    if taken.readings.oximetry_continuous:
        return False
    return not any(
        one.kind == "spo2_percent" and now - one.read_at <= policy.continuous_spo2_gap
        for one in devices
    )
