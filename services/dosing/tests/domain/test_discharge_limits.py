"""Every criterion of a discharge at its limit: what just keeps it lets go, what just breaks it not.

Beside the table in `test_gate_rules.py`, which breaks each criterion alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from dosing.domain import discharge
from dosing.domain.observation import Observation, Readings

from .makers import NOW, seen
from .test_gate_rules import MINUTE, WELL, leaving
from .test_machines import IM


def looks(*minutes_ago: float, **readings: Any) -> list[Observation]:
    """Well at these times, oldest first; minutes since the first dose, two hours ago."""
    return [
        replace(
            seen(0, **{**WELL, **readings}),
            observed_at=NOW - timedelta(minutes=one),
            minutes_since_first_dose=int(120 - one),
        )
        for one in minutes_ago
    ]


def failing(observations: Sequence[Observation], **changes: Any) -> tuple[str, ...]:
    return discharge.failing(leaving(observations=observations, **changes))


WATCHED = looks(110, 80, 45)


# --- the watch ------------------------------------------------------------------------------------


def test_longer_than_asked_for_is_long_enough() -> None:
    longer = replace(IM, watch=replace(IM.watch, after_end_minimum=100 * MINUTE))

    assert discharge.failing(leaving(elapsed=135 * MINUTE)) == ()
    assert discharge.failing(leaving(protocol=longer, since_last=101 * MINUTE)) == ()


def test_look_within_the_first_minute_is_a_look_at_minute_zero() -> None:
    """41 minutes to the next one: one of them is lost."""
    late = [
        replace(one, minutes_since_first_dose=minute)
        for one, minute in zip(looks(120, 79, 45, 15, 0), (0, 41, 75, 105, 120), strict=True)
    ]

    assert failing(late) == ("minimum_watch",)
    assert failing(late, elapsed=121 * MINUTE) == ()


def test_more_accounted_for_than_was_drawn_is_not_reconciled() -> None:
    assert discharge.failing(leaving(held_mg=Decimal("-0.001"))) == ("draw_unreconciled",)


# --- alertness ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes_ago", "alert"),
    [
        ((15, 0), True),  # two readings, fifteen minutes apart
        ((14.9, 0), False),
        ((16, 0), True),
        ((20, 10, 0), True),  # from the first of the run to the last, whatever lies between
        ((30, 20, 10), True),
        ((35, 25, 15), True),  # the newest is fresh to the minute
        ((36, 26, 15.1), False),
        ((0,), False),  # one is not two
        ((14, 7, 0), False),
    ],
)
def test_alert_twice_fifteen_minutes_apart_and_until_now(
    minutes_ago: tuple[float, ...], alert: bool
) -> None:
    drowsy = looks(110, 80, 45, moaas=4)

    rules = failing([*drowsy, *looks(*minutes_ago)])

    assert ("moaas" not in rules) is alert


def test_nobody_alert_is_not_alert() -> None:
    assert "moaas" in failing([*WATCHED, *looks(0, moaas=4)])
    assert "moaas" in failing(looks(110, 80, 45, 15, 0, moaas=4))
    assert "moaas" in failing(looks(110, 80, 45, 15, 0, moaas=None))


def test_look_without_the_scale_does_not_end_the_run() -> None:
    middle = looks(8, moaas=None)

    assert failing([*WATCHED, *looks(16), *middle, *looks(0)]) == ()


def test_more_alert_than_a_protocol_asks_is_alert() -> None:
    lower = replace(IM, discharge=replace(IM.discharge, moaas=4))

    assert discharge.failing(leaving(protocol=lower)) == ()
    assert "moaas" in failing(looks(110, 80, 45, 15, 0, moaas=3), protocol=lower)


# --- blood pressure -------------------------------------------------------------------------------


def pressed(*pressures: tuple[int, int], base: tuple[int, int] | None = (125, 80)) -> bool:
    """Whether these pressures, the last ones taken, let a patient of that baseline go."""
    minutes = [45, 15, 0][-len(pressures) :]
    last = [
        looks(at, systolic_mmhg=upper, diastolic_mmhg=lower)[0]
        for at, (upper, lower) in zip(minutes, pressures, strict=True)
    ]
    before = looks(*(at for at in (110, 80, 45, 15) if at not in minutes))
    before = [
        replace(o, readings=replace(o.readings, systolic_mmhg=None, diastolic_mmhg=None))
        for o in before
    ]
    baseline = None
    if base is not None:
        baseline = seen(130, systolic_mmhg=base[0], diastolic_mmhg=base[1])
    return "blood_pressure" not in failing([*before, *last], baseline=baseline)


@pytest.mark.parametrize(
    ("pressures", "good"),
    [
        (((140, 90),), True),  # at rest
        (((130, 84), (140, 90)), True),  # at rest, though rising
        (((160, 100), (150, 96)), True),  # 120 % of the baseline exactly, and falling
        (((160, 100), (151, 96)), False),
        (((160, 100), (150, 97)), False),
        (((150, 96), (150, 96)), True),  # steady is not rising
        (((149, 96), (150, 96)), False),  # rising
        (((150, 95), (150, 96)), False),  # rising below
        (((170, 100), (140, 92), (150, 96)), False),  # by the reading before, not by the highest
        (((100, 60), (160, 99), (150, 96)), True),
        (((150, 96),), False),  # one alone falls nowhere
        (((141, 90), (141, 90)), True),
        (((140, 91), (140, 91)), True),
    ],
)
def test_pressure_is_at_rest_or_falling_and_near_the_baseline(
    pressures: tuple[tuple[int, int], ...], good: bool
) -> None:
    assert pressed(*pressures) is good


def test_pressure_near_no_baseline_is_high() -> None:
    assert not pressed((160, 100), (150, 96), base=None)
    assert pressed((140, 90), base=None)


@pytest.mark.parametrize(
    ("now", "base", "good"),
    [
        ((140, 90), (200, 100), True),
        ((140, 90), (100, 60), True),
        ((150, 96), (125, 80), True),  # of one reading nobody can say that it falls
        ((151, 96), (125, 80), False),
        ((150, 97), (125, 80), False),
        ((150, 96), (None, None), False),
        ((None, 80), (125, 80), False),
        ((120, None), (125, 80), False),
    ],
)
def test_pressure_that_the_monitoring_form_calls_acceptable(
    now: tuple[int | None, int | None], base: tuple[int | None, int | None], good: bool
) -> None:
    taken, before = (Readings(systolic_mmhg=s, diastolic_mmhg=d) for s, d in (now, base))

    assert discharge.pressure_acceptable(taken, before, IM.discharge) is good


def half(observation: Observation, name: str) -> Observation:
    return replace(observation, readings=replace(observation.readings, **{name: None}))


@pytest.mark.parametrize("missing", ["systolic_mmhg", "diastolic_mmhg"])
def test_half_a_pressure_is_none(missing: str) -> None:
    """Nothing like it can be charted; if it is there all the same, it is no good pressure."""
    now = [half(one, missing) for one in looks(110, 80, 45, 15, 0)]
    high = looks(110, 80, 45, 15, 0, systolic_mmhg=150, diastolic_mmhg=96)
    before_high = [*high[:-2], half(high[-2], missing), high[-1]]
    base = seen(130, systolic_mmhg=125, diastolic_mmhg=80)

    assert "blood_pressure" in failing(now)
    assert "blood_pressure" in failing(high, baseline=half(base, missing))
    assert "blood_pressure" not in failing(high, baseline=base)
    assert "blood_pressure" not in failing(before_high, baseline=base)  # by the whole one before


# --- what else is looked at -----------------------------------------------------------------------


def test_signs_are_fresh_for_a_quarter_of_an_hour() -> None:
    assert failing([*WATCHED, *looks(30, 15)]) == ()
    assert "vitals_stale" in failing([*WATCHED, *looks(31, 15.1)])


def test_better_than_asked_for_is_good() -> None:
    lower = replace(IM, discharge=replace(IM.discharge, orientation=3))
    others = looks(110, 80, 45, 15, 0, nausea=0)

    assert failing(others) == ()
    assert discharge.failing(leaving(protocol=lower)) == ()
    assert "orientation" in failing(looks(110, 80, 45, 15, 0, orientation=2), protocol=lower)


@pytest.mark.parametrize("sign", ["gait_steady", "orientation", "nausea", "aldrete"])
def test_sign_that_nobody_looked_at_is_not_good(sign: str) -> None:
    rules = failing(looks(110, 80, 45, 15, 0, **{sign: None}))

    assert rules == ("gait" if sign == "gait_steady" else sign,)
