"""One set of readings of a patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from dosing.domain.baseline import Baseline
from dosing.domain.errors import ImplausibleReading, ImpossibleTime
from dosing.domain.protocol import Charting
from dosing.domain.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Aldrete:
    """Modified Aldrete score: five items of 0 to 2 [V S17]."""

    activity: int
    respiration: int
    circulation: int
    consciousness: int
    saturation: int

    @property
    def items(self) -> tuple[int, ...]:
        """The five items."""
        return (
            self.activity,
            self.respiration,
            self.circulation,
            self.consciousness,
            self.saturation,
        )

    @property
    def total(self) -> int:
        """0 to 10."""
        return sum(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What was seen. None: not taken, which never counts as good."""

    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    heart_rate_bpm: int | None = None
    respiratory_rate_bpm: int | None = None
    spo2_percent: int | None = None
    moaas: int | None = None  # 0 (no response) to 5 (alert)
    cadss6: int | None = None  # 0 to 24
    aldrete: Aldrete | None = None
    distress: int | None = None  # 0 to 10
    orientation: int | None = None  # of person, place, time and situation: 0 to 4
    gait_steady: bool | None = None
    nausea: int | None = None  # 0 none to 3 severe
    temperature_c: Decimal | None = None
    symptoms: tuple[str, ...] | None = None  # codes of what is alarming
    side_effects: Mapping[str, int] | None = None  # by code, 0 none to 3 severe
    oximetry_continuous: bool | None = None  # an oximeter runs without a break
    baseline: Baseline | None = None  # what was asked before a dose

    def check(self, plausible: Mapping[str, tuple[int, int]]) -> None:
        """Raises ImplausibleReading, naming the readings."""
        odd = [
            name
            for name, (low, high) in plausible.items()
            if (value := getattr(self, name)) is not None and not low <= value <= high
        ]
        upper, lower = self.systolic_mmhg, self.diastolic_mmhg
        if (upper is None) != (lower is None):
            odd.append("blood_pressure_incomplete")
        elif upper is not None and lower is not None and upper <= lower:
            odd.append("systolic_not_above_diastolic")
        if all(getattr(self, name) is None for name in Readings.__slots__):
            odd.append("nothing_observed")
        if odd:
            raise ImplausibleReading(odd)

    @property
    def complete_for_dosing(self) -> bool:
        """Whether a dose can be judged by it, and the discharge against it later."""
        needed = (
            self.systolic_mmhg,
            self.diastolic_mmhg,
            self.heart_rate_bpm,
            self.respiratory_rate_bpm,
            self.spo2_percent,
            self.moaas,
            self.cadss6,
        )
        return None not in needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Readings with their time and observer. Never changed."""

    id: UUID
    session_id: UUID
    patient_id: UUID
    readings: Readings
    observed_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    minutes_since_first_dose: int | None
    device_id: UUID | None = None
    version: int = 1  # above 1: corrected since

    @property
    def late_by(self) -> timedelta:
        """How long after it was seen it was written down."""
        return max(self.recorded_at - self.observed_at, timedelta(0))


def check_observed_at(
    observed_at: datetime, session: Session, charting: Charting, now: datetime
) -> None:
    """Raises ImpossibleTime for what lies ahead, too long ago, or before the session."""
    if observed_at > now + charting.future_tolerance:
        raise ImpossibleTime
    if observed_at < now - charting.observed_late_max or observed_at < session.opened_at:
        raise ImpossibleTime


def before_first_dose(observations: list[Observation]) -> list[Observation]:
    """Those taken before the first dose, oldest first."""
    before = [one for one in observations if one.minutes_since_first_dose is None]
    return sorted(before, key=lambda one: (one.observed_at, one.recorded_at))
