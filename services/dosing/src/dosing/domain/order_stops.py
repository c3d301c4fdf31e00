"""The stops of an order (clinical reference 2), each by its name. Hard ones nobody overrides."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from dosing.domain import exposure
from dosing.domain.order_facts import Circumstances, LastDose, Weight
from dosing.domain.protocol import DoseLimits, Product, Protocol


def hard(mg: Decimal, kg: Decimal, limits: DoseLimits, about: Circumstances) -> Iterator[str]:
    """Amounts that nobody may order."""
    if limits.hard_stop_mg_per_kg is not None and mg > limits.hard_stop_mg_per_kg * kg:
        yield "dose_per_kg_above_hard_stop"
    if limits.hard_stop_mg is not None and mg > limits.hard_stop_mg:
        yield "dose_above_hard_stop"
    if limits.allowed_mg is not None and mg not in limits.allowed_mg:
        yield "dose_not_allowed"
    if _ratio_above(mg, kg, limits.ratio_hard_stop, limits, about):
        yield "ratio_to_last_dose_above_hard_stop"


def soft(mg: Decimal, kg: Decimal, limits: DoseLimits, about: Circumstances) -> Iterator[str]:
    """Amounts that take the prescriber's reason."""
    if limits.soft_stop_mg_per_kg is not None and mg > limits.soft_stop_mg_per_kg * kg:
        yield "dose_per_kg_above_soft_stop"
    if limits.soft_stop_mg is not None and mg > limits.soft_stop_mg:
        yield "dose_above_soft_stop"
    if mg * limits.bioavailability > limits.iv_equivalent_soft_stop_mg_per_kg * kg:
        yield "iv_equivalent_above_soft_stop"
    if _ratio_above(mg, kg, limits.ratio_soft_stop, limits, about):
        yield "ratio_to_last_dose_above_soft_stop"
    if about.history.doses and not about.history.last_tolerated():
        yield "no_dose_tolerated_before"
    first = limits.first_dose_over_65_mg if about.from_65 else None
    first = limits.first_dose_mg if first is None else first
    if first is not None and mg > first and about.last.at is None:
        yield "above_first_dose"


def of_product(
    mg: Decimal, ml: Decimal | None, product: Product, limits: DoseLimits
) -> Iterator[str]:
    """What cannot be measured, or would break a tablet or a device."""
    if not product.whole_units(mg):
        yield "not_whole_units"
    if ml is not None and product.concentration_mg_per_ml is not None:
        off = abs(ml * product.concentration_mg_per_ml - mg) * 100
        if off > limits.volume_rounding_max_percent * mg:
            yield "volume_cannot_be_measured"


def of_weight(weight: Weight, protocol: Protocol, now: datetime) -> Iterator[str]:
    """A weight that no dose may rest on."""
    limits = protocol.weight
    if not limits.low_kg <= weight.kg <= limits.high_kg:
        yield "weight_implausible"
    if now - weight.measured_at > limits.max_age:
        yield "weight_too_old"
    if weight.measured_at - now > protocol.charting.future_tolerance:
        yield "weight_from_the_future"


def of_time(protocol: Protocol, about: Circumstances) -> Iterator[tuple[str, bool]]:
    """How fast it runs and how often it is given; each with whether the stop is hard."""
    if protocol.infusion is None:
        if about.infusion_minutes is not None:
            yield "no_infusion_by_this_route", True
    elif about.infusion_minutes is not None:
        runs = timedelta(minutes=about.infusion_minutes)
        if not protocol.infusion.low <= runs <= protocol.infusion.high:
            yield "infusion_time_outside_range", True
        if runs < protocol.infusion.soft_low:
            yield "infusion_faster_than_plan", False
    if protocol.exposure is not None:
        yield from exposure.failing(about.history, protocol.exposure, about.now, protocol.route)


def weight_changed(weight: Weight, last: LastDose, protocol: Protocol) -> bool:
    """Whether the weight differs too much from that of the last dose."""
    if last.weight_kg is None:
        return False
    change = abs(weight.kg - last.weight_kg) * 100
    return change > protocol.weight.change_stop_percent * last.weight_kg


def _ratio_above(
    mg: Decimal, kg: Decimal, limit: Decimal, limits: DoseLimits, about: Circumstances
) -> bool:
    """Against the last tolerated session; before there was a history, against the last dose."""
    if about.history.doses:
        last = about.history.last_tolerated()
        given = mg * limits.bioavailability
        return bool(last) and exposure.ratio_above(given, kg, limit, last)
    before = about.last.iv_equivalent_mg_per_kg
    return before is not None and mg * limits.bioavailability > limit * before * kg
