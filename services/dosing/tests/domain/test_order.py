"""Doses are worked out exactly, and rounding never lifts one over a stop."""

from decimal import Decimal

import pytest
from dosing import data
from dosing.domain.errors import ImpossibleAmount
from dosing.domain.order import Dose, Unit, work_out
from dosing.domain.order_facts import Circumstances, LastDose, Weight
from hypothesis import given
from hypothesis import strategies as st

from .makers import NOW

IM = data.protocol_for("im")
VIAL = data.product("ketamine_50mg_ml_10ml", "im")


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
