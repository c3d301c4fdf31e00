"""Vital signs before a dose, by the pre-dose table."""

from typing import Any

import pytest
from dosing import data
from dosing.domain.observation import Observation
from dosing.domain.pre_dose import failing

from .makers import NOW, seen

LIMITS = data.protocol_for("im").pre_dose


def rules(*observations: Observation) -> list[str]:
    return list(failing(observations, LIMITS, NOW))


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ({}, []),
        ({"systolic_mmhg": 140, "diastolic_mmhg": 90}, []),
        ({"systolic_mmhg": 141}, ["pre_dose_bp_hold"]),
        ({"diastolic_mmhg": 91}, ["pre_dose_bp_hold"]),
        ({"systolic_mmhg": 179}, ["pre_dose_bp_hold"]),
        ({"systolic_mmhg": 180}, ["pre_dose_bp_no_dose_today", "pre_dose_bp_hold"]),
        ({"diastolic_mmhg": 110}, ["pre_dose_bp_no_dose_today", "pre_dose_bp_hold"]),
        ({"heart_rate_bpm": 49}, ["pre_dose_heart_rate"]),
        ({"heart_rate_bpm": 111}, ["pre_dose_heart_rate"]),
        ({"spo2_percent": 93}, ["pre_dose_spo2"]),
        ({"respiratory_rate_bpm": 9}, ["pre_dose_respiratory_rate"]),
        ({"respiratory_rate_bpm": 25}, ["pre_dose_respiratory_rate"]),
    ],
)
def test_limits(readings: dict[str, Any], expected: list[str]) -> None:
    assert rules(seen(**readings)) == expected


def test_hold_lifts_with_a_good_reading_ten_minutes_on() -> None:
    high = {"systolic_mmhg": 150}

    assert rules(seen(9, **high), seen()) == ["pre_dose_bp_repeat_too_soon"]
    assert rules(seen(10, **high), seen()) == []


def test_high_again_on_repeat_ends_the_day() -> None:
    high = {"systolic_mmhg": 165}

    assert rules(seen(20, **high), seen(10, **high), seen()) == ["pre_dose_bp_no_dose_today"]
    assert rules(seen(20, **high), seen(15, **high), seen()) == []


def test_good_reading_does_not_undo_a_dangerous_one() -> None:
    assert rules(seen(29, systolic_mmhg=185), seen()) == ["pre_dose_bp_no_dose_today"]


def test_incomplete_or_old_readings_are_none() -> None:
    assert rules() == ["pre_dose_vitals_missing"]
    assert rules(seen(cadss6=None)) == ["pre_dose_vitals_missing"]
    assert rules(seen(30)) == []
    assert rules(seen(31)) == ["pre_dose_vitals_stale"]


def test_lone_worse_sign_after_a_full_set_counts() -> None:
    alone = {
        "systolic_mmhg": None,
        "diastolic_mmhg": None,
        "heart_rate_bpm": 130,
        "respiratory_rate_bpm": None,
        "spo2_percent": None,
        "moaas": None,
        "cadss6": None,
    }

    assert rules(seen(5), seen(**alone)) == ["pre_dose_heart_rate"]
