"""The prescribed dose, in milligrams, milligrams per kilogram and millilitres, exactly."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from dosing.domain import order_stops
from dosing.domain.errors import ImpossibleAmount
from dosing.domain.order_facts import Circumstances, Weight
from dosing.domain.protocol import DoseLimits, Product, Protocol

_THOUSANDTH = Decimal("0.001")


class Unit(StrEnum):
    """The unit a dose is prescribed in."""

    MG = "mg"
    MG_PER_KG = "mg_per_kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A prescribed dose worked out. Milligrams of base; the stops it passes, by name."""

    mg: Decimal
    mg_per_kg: Decimal  # of what is really given, to 0.001
    ml: Decimal | None  # None for what is counted
    units: int | None  # whole tablets or devices; None for what is measured
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
    ml: Decimal | None
    units: int | None
    infusion_minutes: int | None  # how long the whole dose runs; None if it is no infusion
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

    def per_kg(self, amount_mg: Decimal) -> Decimal | None:
        """An amount per kilogram of the weight ordered by, to 0.001; None for less than that."""
        return (amount_mg / self.weight.kg).quantize(_THOUSANDTH) or None


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
    about: Circumstances,
) -> Dose:
    """What a prescribed amount means, and which stops it passes. Raises ImpossibleAmount."""
    check_decimals(value)
    check_decimals(weight.kg)
    limits = protocol.dose
    mg = _rounded(value, unit, weight.kg, limits)
    ml = product.volume_ml(mg)
    if ml is not None:
        ml = ml.quantize(limits.volume_step_ml, ROUND_HALF_UP)
        if ml <= 0:
            raise ImpossibleAmount
    hard = [
        *order_stops.hard(mg, weight.kg, limits, about),
        *order_stops.of_product(mg, ml, product, limits),
        *order_stops.of_weight(weight, protocol, about.now),
    ]
    soft = [*order_stops.soft(mg, weight.kg, limits, about)]
    for rule, is_hard in order_stops.of_time(protocol, about):
        (hard if is_hard else soft).append(rule)
    if order_stops.weight_changed(weight, about.last, protocol):
        # Clinical C40 and 10b #9: what is worked out from a doubtful weight cannot be overridden.
        (hard if unit is Unit.MG_PER_KG else soft).append("weight_changed")
    # Clinical reference 2(c): a rough common scale across routes, for alarms only.
    equivalent = mg * limits.bioavailability / weight.kg
    return Dose(
        mg=mg,
        mg_per_kg=(mg / weight.kg).quantize(_THOUSANDTH, ROUND_HALF_UP),
        ml=ml,
        units=None if product.unit_mg is None else int(mg // product.unit_mg),
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
            mg = exact // step * step
    if mg <= 0:
        raise ImpossibleAmount
    return mg
