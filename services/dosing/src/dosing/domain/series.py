"""Readings of staff and of devices as one series for each sign."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from dosing.domain.alerts import Moment
from dosing.domain.observation import Observation

SIGNS: Final = (
    "systolic_mmhg",
    "diastolic_mmhg",
    "heart_rate_bpm",
    "respiratory_rate_bpm",
    "spo2_percent",
    "moaas",
    "distress",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReading:
    """One number that a monitor measured; `kind` names the sign with its unit."""

    device_id: UUID
    kind: str
    read_at: datetime
    value: Decimal
    late: bool = False  # it arrived out of order, or long after it was measured


def series_of(
    observations: Iterable[Observation], devices: Sequence[DeviceReading]
) -> dict[str, list[Moment]]:
    """Since the first dose, oldest first."""
    series: dict[str, list[Moment]] = {sign: [] for sign in SIGNS}
    for one in observations:
        if one.minutes_since_first_dose is None:
            continue
        for sign in SIGNS:
            value = getattr(one.readings, sign)
            if value is not None:
                series[sign].append((one.observed_at, value))
    for reading in devices:
        if reading.kind in series:
            series[reading.kind].append((reading.read_at, int(reading.value)))
    for moments in series.values():
        moments.sort()
    return series
