"""Every stop of an order, judged by `work_out`: hard and soft ones, each with its kind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dosing.domain.exposure import PastDose
from dosing.domain.order import Unit, work_out
from dosing.domain.order_facts import LastDose, Weight
from dosing.domain.protocol import Protocol

from .makers import NOW
from .rule_case import Case, Judged
from .test_gate_rules import DEVICE, ESK, IM, IV, SL, TABLET, VIAL, about, past

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def _judged(
    mg: str,
    protocol: Protocol = IM,
    *doses: PastDose,
    unit: Unit = Unit.MG,
    kg: str = "68",
    measured: timedelta = timedelta(0),
    **facts: Any,
) -> Judged:
    """The stops, hard ones with `hard:` before their names."""
    of_route = {"sublingual": TABLET, "nasal_esketamine": DEVICE}.get(protocol.route, VIAL)
    weight = Weight(kg=Decimal(kg), measured_at=NOW - measured)

    def judge() -> Sequence[str]:
        circumstances = about(*doses, **facts)
        dose = work_out(Decimal(mg), unit, weight, of_route, protocol, circumstances)
        return (*(f"hard:{one}" for one in dose.hard_stops), *dose.soft_stops)

    return judge


def _limits(protocol: Protocol, **changes: Any) -> Protocol:
    return replace(protocol, dose=replace(protocol.dose, **changes))


def _case(code: str, *, keeps: Judged, breaks: Judged, also: str = "") -> Case:
    return Case(code=code, keeps=keeps, breaks=breaks, also=frozenset(also.split()))


def _device(days: float) -> PastDose:
    return replace(past("56", route_share="0.48", days=days), route="nasal_esketamine")


# Fine steps, so that the limits are met exactly; and no other stop in the way.
FINE = _limits(IM, rounding_mg=Decimal("0.001"), volume_step_ml=Decimal("0.00001"))
PER_KG = _limits(FINE, iv_equivalent_soft_stop_mg_per_kg=Decimal(9))
OPEN = _limits(
    PER_KG,
    soft_stop_mg_per_kg=None,
    hard_stop_mg_per_kg=None,
    hard_stop_mg=None,
    soft_stop_mg=None,
)
LOZENGE = _limits(SL, rounding_mg=Decimal("1"), iv_equivalent_soft_stop_mg_per_kg=Decimal(9))
assert IV.infusion is not None
_ANY_SPEED = replace(IV, infusion=replace(IV.infusion, soft_low=timedelta(0)))

_AMOUNT = [
    _case(
        "dose_per_kg_above_soft_stop",
        keeps=_judged("68", PER_KG),
        breaks=_judged("68.001", PER_KG),
    ),
    _case(
        "hard:dose_per_kg_above_hard_stop",
        keeps=_judged("102", _limits(PER_KG, soft_stop_mg_per_kg=None)),
        breaks=_judged("102.001", _limits(PER_KG, soft_stop_mg_per_kg=None)),
    ),
    _case(
        "dose_per_kg_above_soft_stop",  # into a vein: 0.75 mg/kg
        keeps=_judged("51", IV),
        breaks=_judged("52", IV),
    ),
    _case(
        "dose_above_soft_stop",
        keeps=_judged("300", LOZENGE),
        breaks=_judged("400", LOZENGE),
    ),
    _case(
        "hard:dose_above_hard_stop",
        keeps=_judged("400", _limits(LOZENGE, soft_stop_mg=None)),
        breaks=_judged("500", _limits(LOZENGE, soft_stop_mg=None)),
    ),
    _case(
        "iv_equivalent_above_soft_stop",
        keeps=_judged("66", _limits(IM, soft_stop_mg_per_kg=None), kg="61.38"),
        breaks=_judged("67", _limits(IM, soft_stop_mg_per_kg=None), kg="61.38"),
    ),
    _case(
        "hard:dose_not_allowed",  # neither 56 nor 84, and no more than 84 in a session
        keeps=_judged("56", ESK),
        breaks=_judged("28", ESK),
    ),
    _case("above_first_dose", keeps=_judged("56", ESK), breaks=_judged("84", ESK)),
    _case(
        "hard:not_whole_units",
        keeps=_judged("100", LOZENGE),
        breaks=_judged("150", LOZENGE),
    ),
    _case(
        "hard:volume_cannot_be_measured",
        keeps=_judged("0.953", _limits(IM, rounding_mg=Decimal("0.001"))),  # 0.02 ml: 4.93 % off
        breaks=_judged("0.952", _limits(IM, rounding_mg=Decimal("0.001"))),  # 0.02 ml: 5.04 % off
    ),
]
_BEFORE = [
    _case(
        "ratio_to_last_dose_above_soft_stop",
        keeps=_judged("51", OPEN, past("34")),
        breaks=_judged("51.001", OPEN, past("34")),
    ),
    _case(
        "hard:ratio_to_last_dose_above_hard_stop",
        keeps=_judged("68", _limits(OPEN, ratio_soft_stop=Decimal(9)), past("34")),
        breaks=_judged("68.001", _limits(OPEN, ratio_soft_stop=Decimal(9)), past("34")),
    ),
    _case(
        "hard:ratio_to_last_dose_above_hard_stop",  # across routes: lozenges after an injection
        keeps=_judged("200", _limits(LOZENGE, ratio_soft_stop=Decimal(9)), past("34")),
        breaks=_judged("300", _limits(LOZENGE, ratio_soft_stop=Decimal(9)), past("34")),
    ),
    _case(
        "no_dose_tolerated_before",
        keeps=_judged("34", IM, past("34")),
        breaks=_judged("34", IM, past("34", tolerated=False)),
    ),
    _case(
        "weekly_sessions_above_soft_stop",
        keeps=_judged("34", IM, past("34", days=5), past("34", days=3)),
        breaks=_judged("34", IM, past("34", days=6), past("34", days=5), past("34", days=3)),
    ),
    _case(
        "hard:weekly_sessions_above_hard_stop",  # esketamine: at most two a week
        keeps=_judged("56", ESK, _device(3)),
        breaks=_judged("56", ESK, _device(6), _device(3)),
    ),
    _case(  # twice a week until four weeks after the first session by this route, then once
        "weekly_sessions_above_soft_stop",
        keeps=_judged("56", ESK, _device(27.9), _device(3)),
        breaks=_judged("56", ESK, _device(28), _device(3)),
    ),
    _case(
        "exposure_review_due",
        keeps=_judged("34", IM, *(past("34", days=10 * n) for n in (5, 4, 3, 2, 1))),
        breaks=_judged("34", IM, *(past("34", days=10 * n) for n in (6, 5, 4, 3, 2, 1))),
    ),
    _case(
        "exposure_review_due",
        keeps=_judged("34", IM, past("34", days=89.9)),
        breaks=_judged("34", IM, past("34", days=90)),
    ),
]
_TIME = [
    _case(
        "infusion_faster_than_plan",
        keeps=_judged("34", IV, infusion_minutes=40),
        breaks=_judged("34", IV, infusion_minutes=39),
    ),
    _case(
        "hard:infusion_time_outside_range",
        keeps=_judged("34", IV, infusion_minutes=100),
        breaks=_judged("34", IV, infusion_minutes=101),
    ),
    _case(
        "hard:infusion_time_outside_range",
        keeps=_judged("34", _ANY_SPEED, infusion_minutes=2),
        breaks=_judged("34", _ANY_SPEED, infusion_minutes=1),
    ),
    _case(
        "hard:no_infusion_by_this_route",
        keeps=_judged("34", IM),
        breaks=_judged("34", IM, infusion_minutes=40),
    ),
]
_WEIGHT = [
    _case("hard:weight_implausible", keeps=_judged("9", kg="30"), breaks=_judged("9", kg="29.999")),
    _case(
        "hard:weight_implausible", keeps=_judged("34", kg="250"), breaks=_judged("34", kg="250.001")
    ),
    _case(
        "hard:weight_too_old",
        keeps=_judged("34", measured=24 * HOUR),
        breaks=_judged("34", measured=24 * HOUR + SECOND),
    ),
    _case(
        "hard:weight_from_the_future",
        keeps=_judged("34", measured=-30 * SECOND),
        breaks=_judged("34", measured=-31 * SECOND),
    ),
    *(
        _case(
            code,
            keeps=_judged(value, unit=unit, kg="72", last=LastDose(weight_kg=Decimal("80"))),
            breaks=_judged(value, unit=unit, kg="72", last=LastDose(weight_kg=Decimal("80.001"))),
        )
        for code, value, unit in (
            ("hard:weight_changed", "0.5", Unit.MG_PER_KG),
            ("weight_changed", "34", Unit.MG),
        )
    ),
]
CASES: Sequence[Case] = (*_AMOUNT, *_BEFORE, *_TIME, *_WEIGHT)
