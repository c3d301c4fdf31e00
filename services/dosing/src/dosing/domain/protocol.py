"""How a session of one route and substance is dosed, watched and ended: policy data, versioned."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from dosing.domain.baseline import BaselineLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimits:
    """What an order may ask for. Milligrams are of base. A None limit does not apply."""

    start_low_mg_per_kg: Decimal | None
    start_high_mg_per_kg: Decimal | None
    start_low_mg: Decimal | None
    start_high_mg: Decimal | None
    first_dose_mg: Decimal | None  # the most a first dose is without a reason
    first_dose_over_65_mg: Decimal | None
    soft_stop_mg_per_kg: Decimal | None
    hard_stop_mg_per_kg: Decimal | None
    soft_stop_mg: Decimal | None
    hard_stop_mg: Decimal | None
    allowed_mg: tuple[Decimal, ...] | None  # nothing else may be ordered
    bioavailability: Decimal  # share of an intravenous dose
    iv_equivalent_soft_stop_mg_per_kg: Decimal
    ratio_soft_stop: Decimal  # to the last dose, both as intravenous equivalents per kg
    ratio_hard_stop: Decimal
    rounding_mg: Decimal
    volume_step_ml: Decimal
    volume_rounding_max_percent: Decimal
    draw_over_order_max_percent: Decimal
    device_apart: timedelta | None  # rest between two devices of one dose
    further_within: timedelta | None  # a dose given in parts is finished within this, or not given


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionLimits:
    """How fast an infusion may run. The times are those of the whole ordered dose."""

    default: timedelta
    soft_low: timedelta
    low: timedelta
    high: timedelta
    rate_over_plan_max_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightLimits:
    """Which body weight an order may rest on."""

    low_kg: Decimal
    high_kg: Decimal
    max_age: timedelta
    change_stop_percent: Decimal  # hard for mg/kg, soft for mg


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """How far apart two doses of one patient are, over the whole network."""

    minimum: timedelta
    one_per_local_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureLimits:
    """How much and how often over time, counted in sessions with a dose."""

    soft_per_7_days: int | None
    hard_per_7_days: int | None
    induction: timedelta | None  # from the first session by this route on
    soft_per_7_days_after_induction: int | None
    review_after_sessions: int
    review_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """When observations are due after the first dose, and the least time of watching."""

    schedule_minutes: tuple[int, ...]
    repeat_every: timedelta | None  # after the schedule's last place, until the discharge
    early: timedelta  # an observation this much before its due time counts
    warn_after: timedelta
    escalate_after: timedelta
    minimum: timedelta
    after_end_minimum: timedelta | None  # from the end of the infusion
    stale_after: timedelta | None  # time beyond this without an observation does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class PreDose:
    """Vital signs before the first dose: go up to these, repeat above, no dose above those."""

    go_systolic_mmhg: int
    go_systolic_over_65_mmhg: int | None  # None: a version from before age was known here
    go_diastolic_mmhg: int
    repeat_systolic_mmhg: int
    repeat_diastolic_mmhg: int
    stop_systolic_mmhg: int
    stop_diastolic_mmhg: int
    repeat_after: timedelta
    heart_rate_low_bpm: int
    heart_rate_high_bpm: int
    spo2_low_percent: int
    respiratory_rate_low_bpm: int
    respiratory_rate_high_bpm: int
    moaas_low: int
    fresh: timedelta

    def at_age(self, *, over_65: bool) -> "PreDose":
        """The limits for a patient of that age; of an age that is not known, the lower ones."""
        higher = self.go_systolic_over_65_mmhg
        if not over_65 or higher is None:
            return self
        return replace(self, go_systolic_mmhg=higher)


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeCriteria:
    """What has to hold before the patient leaves."""

    aldrete_minimum: int
    aldrete_item_minimum: int
    moaas: int
    moaas_apart: timedelta
    bp_over_baseline_percent: int
    bp_systolic_mmhg: int
    bp_diastolic_mmhg: int
    spo2_below_baseline_percent: int
    cadss6_over_baseline: int
    orientation: int
    nausea_maximum: int
    fresh: timedelta
    never_overridden: tuple[str, ...] | None  # None: no criterion can be overridden


@dataclass(frozen=True, slots=True, kw_only=True)
class Charting:
    """How far the time a person states may lie from the platform's clock."""

    administered_late_max: timedelta
    future_tolerance: timedelta
    observed_late_max: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One version of one protocol. A session keeps the version it was opened with."""

    code: str
    version: str
    route: str
    parenteral: bool
    locale: str  # where its dose table holds: us, ex_us
    rems: bool  # given under the SPRAVATO REMS alone
    dose: DoseLimits
    infusion: InfusionLimits | None
    exposure: ExposureLimits | None
    weight: WeightLimits
    interval: Interval
    watch: Watch
    pre_dose: PreDose
    baseline: BaselineLimits | None  # None: a version from before it was asked
    discharge: DischargeCriteria
    charting: Charting
    plausible: Mapping[str, tuple[int, int]]  # by reading: lowest and highest believable value


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A line of the formulary: measured by volume or counted. Milligrams are of base."""

    code: str
    substance: str
    routes: tuple[str, ...]
    ndc: str
    form: str
    concentration_mg_per_ml: Decimal | None
    unit_mg: Decimal | None  # one tablet or device
    container_mg: Decimal
    salt_per_base_mg: Decimal
    beyond_use_days: int | None  # after the first draw; None: the label's date alone
    single_unit: bool  # given one unit at a time

    def volume_ml(self, mg: Decimal) -> Decimal | None:
        """The exact volume of an amount; None for what is counted."""
        if self.concentration_mg_per_ml is None:
            return None
        return mg / self.concentration_mg_per_ml

    def whole_units(self, mg: Decimal) -> bool:
        """Whether an amount can be taken from it without breaking a unit."""
        return self.unit_mg is None or mg % self.unit_mg == 0
