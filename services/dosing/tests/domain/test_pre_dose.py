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


def test_repeat_above_the_table_ends_the_day_though_the_first_had_only_to_be_repeated() -> None:
    """Clinical 3: "> 160 or > 100 after repeat" asks nothing of the reading that was repeated."""
    moderate, high = {"systolic_mmhg": 150}, {"systolic_mmhg": 161}

    assert "pre_dose_bp_no_dose_today" in rules(seen(20, **moderate), seen(10, **high))
    assert rules(seen(20, **moderate), seen(10, **high), seen()) == ["pre_dose_bp_no_dose_today"]
    assert rules(seen(20, **moderate), seen(11, **high), seen()) == []  # too soon to be a repeat
    assert rules(seen(20), seen(10, **high), seen()) == []  # a first reading


OLDER = LIMITS.at_age(over_65=True)


@pytest.mark.parametrize(
    ("readings", "younger", "older"),
    [
        ({"systolic_mmhg": 140, "diastolic_mmhg": 90}, [], []),
        ({"systolic_mmhg": 141}, ["pre_dose_bp_hold"], []),
        ({"systolic_mmhg": 150, "diastolic_mmhg": 90}, ["pre_dose_bp_hold"], []),
        ({"systolic_mmhg": 151}, ["pre_dose_bp_hold"], ["pre_dose_bp_hold"]),
        ({"systolic_mmhg": 150, "diastolic_mmhg": 91}, ["pre_dose_bp_hold"], ["pre_dose_bp_hold"]),
    ],
)
def test_systolic_limit_over_65_is_150_and_the_diastolic_one_stays(
    readings: dict[str, Any], younger: list[str], older: list[str]
) -> None:
    """Clinical 1, C33, and 3: "<= 140/90 (> 65 y: <= 150/90)"."""
    taken = [seen(**readings)]

    assert list(failing(taken, LIMITS, NOW)) == younger
    assert list(failing(taken, OLDER, NOW)) == older


@pytest.mark.parametrize("systolic", [161, 180])
def test_nothing_above_the_limit_of_a_first_reading_changes_with_age(systolic: int) -> None:
    taken = [seen(10, systolic_mmhg=systolic), seen(systolic_mmhg=systolic)]

    assert list(failing(taken, OLDER, NOW)) == list(failing(taken, LIMITS, NOW))


def test_versions_from_before_the_age_was_known_keep_one_limit_for_everybody() -> None:
    """A session keeps the version it was opened with."""
    before = data.protocol("im_racemic_ketamine", "3").pre_dose

    assert before.at_age(over_65=True) == before
    for one in data.PROTOCOLS:
        newest = data.protocol_of(data.document(one))
        newest = data.protocol_for(newest.route, newest.locale)
        assert newest.pre_dose.at_age(over_65=True).go_systolic_mmhg == 150


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
