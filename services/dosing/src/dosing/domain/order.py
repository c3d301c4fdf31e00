"""The prescribed dose, in milligrams, milligrams per kilogram and millilitres, exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from dosing.domain.errors import ImpossibleAmount
from dosing.domain.protocol import DoseLimits, Product, Protocol

_THOUSANDTH = Decimal("0.001")


class Unit(StrEnum):
    """The unit a dose is prescribed in."""

    MG = "mg"
    MG_PER_KG = "mg_per_kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A body weight and when it was measured."""

    kg: Decimal
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDose:
    """The patient's last dose anywhere in the network. Amounts None before any dose."""

    at: datetime | None = None
    local_day: date | None = None  # at the site where it was given
    iv_equivalent_mg_per_kg: Decimal | None = None
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A prescribed dose worked out. Milligrams of base; the stops it passes, by name."""

    mg: Decimal
    mg_per_kg: Decimal  # of what is really given, to 0.001
    ml: Decimal
    iv_equivalent_mg_per_kg: Decimal  # to 0.001
    hard_stops: tuple[str, ...]
    soft_stops: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A prescriber's order in one session."""

    id: UUID
    session_id: UUID
    patient_id: UUID
    route: str
    product: str
    value: Decimal  # as prescribed
    unit: Unit
    weight: Weight
    mg: Decimal
    mg_per_kg: Decimal
    ml: Decimal
    iv_equivalent_mg_per_kg: Decimal
    soft_stops: tuple[str, ...]
    soft_stop_reason: str | None
    prescribed_by: UUID
    ordered_at: datetime
    cancelled_by: UUID | None = None
    cancelled_at: datetime | None = None
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether a dose may be given by it."""
        return self.cancelled_at is None


def check_decimals(value: Decimal) -> None:
    """Raises ImpossibleAmount for what is not above zero or finer than 0.001."""
    if not value.is_finite() or value <= 0 or value != value.quantize(_THOUSANDTH):
        raise ImpossibleAmount


def work_out(
    value: Decimal,
    unit: Unit,
    weight: Weight,
    product: Product,
    protocol: Protocol,
    last: LastDose,
    now: datetime,
) -> Dose:
    """What a prescribed amount means, and which stops it passes. Raises ImpossibleAmount."""
    check_decimals(value)
    check_decimals(weight.kg)
    limits = protocol.dose
    mg = _rounded(value, unit, weight.kg, limits)
    ml = (mg / product.concentration_mg_per_ml).quantize(limits.volume_step_ml, ROUND_HALF_UP)
    if ml <= 0:
        raise ImpossibleAmount
    # Clinical reference 2(c): a rough common scale across routes, for alarms only.
    equivalent = mg * limits.bioavailability / weight.kg
    hard = [*_hard(mg, weight.kg, equivalent, limits, last), *_weight(weight, protocol, now)]
    soft = [*_soft(mg, weight, equivalent, limits, last)]
    if _weight_changed(weight, last, protocol):
        # Clinical C40 and 10b #9: what is worked out from a doubtful weight cannot be overridden.
        (hard if unit is Unit.MG_PER_KG else soft).append("weight_changed")
    off = abs(ml * product.concentration_mg_per_ml - mg) * 100
    if off > limits.volume_rounding_max_percent * mg:
        hard.append("volume_cannot_be_measured")
    return Dose(
        mg=mg,
        mg_per_kg=(mg / weight.kg).quantize(_THOUSANDTH, ROUND_HALF_UP),
        ml=ml,
        iv_equivalent_mg_per_kg=equivalent.quantize(_THOUSANDTH, ROUND_HALF_UP),
        hard_stops=tuple(hard),
        soft_stops=tuple(soft),
    )


def _rounded(value: Decimal, unit: Unit, kg: Decimal, limits: DoseLimits) -> Decimal:
    step = limits.rounding_mg
    if unit is Unit.MG:
        if value % step:
            raise ImpossibleAmount
        return value
    exact = value * kg
    mg = (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    for stop in (limits.soft_stop_mg_per_kg, limits.hard_stop_mg_per_kg):
        # Rounding never lifts a dose over a stop that the prescriber kept.
        if stop is not None and value <= stop and mg > stop * kg:
            mg = (exact / step).quantize(Decimal(1), ROUND_FLOOR) * step
    if mg <= 0:
        raise ImpossibleAmount
    return mg


def _hard(
    mg: Decimal, kg: Decimal, equivalent: Decimal, limits: DoseLimits, last: LastDose
) -> Iterator[str]:
    if limits.hard_stop_mg_per_kg is not None and mg > limits.hard_stop_mg_per_kg * kg:
        yield "dose_per_kg_above_hard_stop"
    if limits.hard_stop_mg is not None and mg > limits.hard_stop_mg:
        yield "dose_above_hard_stop"
    before = last.iv_equivalent_mg_per_kg
    if before is not None and equivalent > limits.ratio_hard_stop * before:
        yield "ratio_to_last_dose_above_hard_stop"


def _weight(weight: Weight, protocol: Protocol, now: datetime) -> Iterator[str]:
    limits = protocol.weight
    if not limits.low_kg <= weight.kg <= limits.high_kg:
        yield "weight_implausible"
    if now - weight.measured_at > limits.max_age:
        yield "weight_too_old"
    if weight.measured_at - now > protocol.charting.future_tolerance:
        yield "weight_from_the_future"


def _soft(
    mg: Decimal, weight: Weight, equivalent: Decimal, limits: DoseLimits, last: LastDose
) -> Iterator[str]:
    if limits.soft_stop_mg_per_kg is not None and mg > limits.soft_stop_mg_per_kg * weight.kg:
        yield "dose_per_kg_above_soft_stop"
    if equivalent > limits.iv_equivalent_soft_stop_mg_per_kg:
        yield "iv_equivalent_above_soft_stop"
    before = last.iv_equivalent_mg_per_kg
    if before is not None and equivalent > limits.ratio_soft_stop * before:
        yield "ratio_to_last_dose_above_soft_stop"


def _weight_changed(weight: Weight, last: LastDose, protocol: Protocol) -> bool:
    if last.weight_kg is None:
        return False
    change = abs(weight.kg - last.weight_kg) * 100
    return change > protocol.weight.change_stop_percent * last.weight_kg
