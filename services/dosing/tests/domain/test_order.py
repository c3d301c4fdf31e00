"""Doses are worked out exactly, and rounding never lifts one over a stop."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from dosing import data
from dosing.domain.errors import ImpossibleAmount
from dosing.domain.order import Dose, Order, Unit, check_decimals, work_out
from dosing.domain.order_facts import Circumstances, LastDose, Weight
from dosing.domain.protocol import Protocol
from hypothesis import given
from hypothesis import strategies as st

from .makers import NOW

IM = data.protocol_for("im")
VIAL = data.product("ketamine_50mg_ml_10ml", "im")
TABLET = data.product("ketamine_rdt_100mg_12")
SL, IV = data.protocol_for("sublingual"), data.protocol_for("iv")


def dose(value: str, kg: str = "68.0", unit: Unit = Unit.MG_PER_KG) -> Dose:
    weight = Weight(kg=Decimal(kg), measured_at=NOW)
    return work_out(Decimal(value), unit, weight, VIAL, IM, Circumstances(last=LastDose(), now=NOW))


@pytest.mark.parametrize(
    ("per_kg", "mg", "ml"), [("0.50", "34", "0.68"), ("0.60", "41", "0.82"), ("0.70", "48", "0.96")]
)
def test_reference_doses(per_kg: str, mg: str, ml: str) -> None:
    worked = dose(per_kg)

    assert (worked.mg, worked.ml) == (Decimal(mg), Decimal(ml))
    assert worked.hard_stops == worked.soft_stops == ()


def test_rounding_up_does_not_cross_a_stop_that_was_kept() -> None:
    at_limit = dose("1.5", "67.9")  # 101.85 mg: 102 mg would be 1.502 mg/kg

    assert at_limit.mg == 101
    assert at_limit.hard_stops == ()
    assert dose("1.51", "67.9").hard_stops == ("dose_per_kg_above_hard_stop",)


def test_pounds_typed_as_kilograms_hit_the_absolute_stop() -> None:
    assert "dose_above_hard_stop" in dose("1.4", "150").hard_stops


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity", "0.0001", "0.001"])
def test_amount_that_cannot_be_given_is_no_dose(value: str) -> None:
    with pytest.raises(ImpossibleAmount):
        dose(value)


@given(
    value=st.decimals("0.05", "1.5", places=2),
    kg=st.decimals("30", "100", places=1),
)
def test_dose_without_hard_stop_never_exceeds_it(value: Decimal, kg: Decimal) -> None:
    worked = dose(str(value), str(kg))

    assert worked.hard_stops == ()
    assert worked.mg <= Decimal("1.5") * kg
    assert abs(worked.mg - value * kg) <= 1
    assert worked.ml * VIAL.concentration_mg_per_ml == worked.mg


def worked(
    value: str, unit: Unit, *, kg: str = "68", protocol: Protocol = IM, **about: Any
) -> Dose:
    """By whatever product the protocol's route takes."""
    product = TABLET if protocol.route == "sublingual" else VIAL
    weight = Weight(kg=Decimal(kg), measured_at=NOW)
    circumstances = Circumstances(**{"last": LastDose(), "now": NOW, **about})
    return work_out(Decimal(value), unit, weight, product, protocol, circumstances)


def rounded_to(step: str, protocol: Protocol = IM) -> Protocol:
    return replace(protocol, dose=replace(protocol.dose, rounding_mg=Decimal(step)))


def test_everything_an_order_shows_is_worked_out() -> None:
    injected = worked("0.60", Unit.MG_PER_KG)  # clinical 10a, day 3
    counted = worked("200", Unit.MG, protocol=SL)  # day 14: two tablets

    assert (injected.mg, injected.mg_per_kg) == (Decimal("41"), Decimal("0.603"))
    assert (injected.ml, injected.units) == (Decimal("0.82"), None)
    assert injected.iv_equivalent_mg_per_kg == Decimal("0.561")  # 41 * 0.93 / 68
    assert (counted.mg, counted.mg_per_kg) == (Decimal("200"), Decimal("2.941"))
    assert (counted.ml, counted.units) == (None, 2)
    assert counted.iv_equivalent_mg_per_kg == Decimal("0.882")  # 200 * 0.30 / 68


@pytest.mark.parametrize("value", ["-1", "-0.5", "0", "1.0004", "1.0006", "NaN", "-Infinity"])
def test_number_that_is_no_amount(value: str) -> None:
    with pytest.raises(ImpossibleAmount):
        check_decimals(Decimal(value))


@pytest.mark.parametrize("value", ["0.001", "1.000", "1.0000", "34"])
def test_number_that_is_an_amount(value: str) -> None:
    check_decimals(Decimal(value))


@pytest.mark.parametrize(
    ("value", "kg", "mg"),
    [
        ("1.5", "67.9", 101),  # at the hard stop: 101.85 would become 102
        ("1.0", "67.9", 67),  # at the soft stop: 67.9 would become 68
        ("1.499", "31.1", 46),  # below the hard stop: 46.6189 would become 47, above 46.65
        ("0.995", "68", 68),  # 67.66 becomes 68, which is the soft stop and not above it
        ("1.4", "68.4", 96),  # 95.76 becomes 96, far below the hard stop
        ("1.2", "67.2", 81),  # 80.64: whoever asks for more than the soft stop gets it
        ("0.015", "68", 1),  # 1.02
    ],
)
def test_rounding_keeps_to_the_stop_that_the_prescriber_kept(value: str, kg: str, mg: int) -> None:
    assert worked(value, Unit.MG_PER_KG, kg=kg).mg == mg


@pytest.mark.parametrize(
    ("value", "kg", "mg"),
    [
        ("0.50", "68", "35"),
        ("0.47", "68", "30"),
        ("1.5", "67.9", "100"),  # 101.85 becomes 100 in steps of five
        ("1.5", "66", "95"),  # 99 would become 100: above 1.5 mg/kg
    ],
)
def test_rounding_is_to_the_steps_of_the_protocol(value: str, kg: str, mg: str) -> None:
    assert worked(value, Unit.MG_PER_KG, kg=kg, protocol=rounded_to("5")).mg == Decimal(mg)


def test_milligrams_are_taken_as_written_or_not_at_all() -> None:
    assert worked("34", Unit.MG).mg == 34
    assert worked("35", Unit.MG, protocol=rounded_to("5")).mg == 35
    for value, step in (("34.5", "1"), ("34", "5")):
        with pytest.raises(ImpossibleAmount):
            worked(value, Unit.MG, protocol=rounded_to(step))


def test_dose_that_rounds_to_nothing_is_none() -> None:
    with pytest.raises(ImpossibleAmount):  # 20.4 mg in steps of 50
        worked("0.3", Unit.MG_PER_KG, protocol=rounded_to("50", SL))
    with pytest.raises(ImpossibleAmount):  # 0.004 ml
        worked("0.2", Unit.MG, protocol=rounded_to("0.001"))


def test_doubtful_weight_stops_what_is_worked_out_from_it() -> None:
    """Clinical C40 and 10b #9: hard for mg/kg, a reason for mg."""
    other = {"last": LastDose(weight_kg=Decimal("80"))}

    per_kg, plain = worked("0.5", Unit.MG_PER_KG, **other), worked("34", Unit.MG, **other)

    assert (per_kg.hard_stops, per_kg.soft_stops) == (("weight_changed",), ())
    assert (plain.hard_stops, plain.soft_stops) == ((), ("weight_changed",))


def test_stops_of_time_reach_the_order() -> None:
    fast = worked("34", Unit.MG, protocol=IV, infusion_minutes=30)
    wrong = worked("34", Unit.MG, infusion_minutes=30)

    assert (fast.hard_stops, fast.soft_stops) == ((), ("infusion_faster_than_plan",))
    assert wrong.hard_stops == ("no_infusion_by_this_route",)


def order() -> Order:
    dose = worked("34", Unit.MG)
    return Order(
        id=UUID(int=1),
        session_id=UUID(int=2),
        patient_id=UUID(int=3),
        route="im",
        product=VIAL.code,
        value=Decimal("34"),
        unit=Unit.MG,
        weight=Weight(kg=Decimal("68"), measured_at=NOW),
        mg=dose.mg,
        mg_per_kg=dose.mg_per_kg,
        ml=dose.ml,
        units=dose.units,
        infusion_minutes=None,
        iv_equivalent_mg_per_kg=dose.iv_equivalent_mg_per_kg,
        soft_stops=dose.soft_stops,
        soft_stop_reason=None,
        prescribed_by=UUID(int=4),
        ordered_at=NOW,
    )


def test_order_holds_until_it_is_cancelled_and_begins_as_version_one() -> None:
    assert order().active
    assert order().version == 1
    assert not replace(order(), cancelled_at=NOW + timedelta(minutes=1)).active


@pytest.mark.parametrize(
    ("mg", "per_kg"), [("34", "0.500"), ("17", "0.250"), ("0.068", "0.001"), ("0.02", None)]
)
def test_what_was_given_per_kilogram_of_the_weight_ordered_by(mg: str, per_kg: str | None) -> None:
    assert order().per_kg(Decimal(mg)) == (None if per_kg is None else Decimal(per_kg))
