"""Every limit from both sides: what just keeps it passes, what just breaks it is named."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing import data
from dosing.domain import baseline, lot, misuse, oximetry, pre_dose
from dosing.domain.baseline import Pregnancy, SuicideScreen
from dosing.domain.elapsed import Anchor, since_first, watched
from dosing.domain.ledger import Ownership
from dosing.domain.misuse import Dispensed
from dosing.domain.observation import Observation
from dosing.domain.order_facts import LastDose, Weight
from dosing.domain.order_stops import of_product, of_weight, soft, weight_changed
from dosing.domain.series import DeviceReading

from .makers import NOW, container, said, seen
from .test_gate_rules import about, past, stops

IM, SL, IV = (data.protocol_for(route) for route in ("im", "sublingual", "iv"))
ESK, ELSEWHERE = (data.protocol_for("nasal_esketamine", locale) for locale in ("us", "ex_us"))
VIAL = data.product("ketamine_50mg_ml_10ml")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


# --- vital signs before a dose --------------------------------------------------------------------


def vitals(*observations: Observation, **limits: int) -> list[str]:
    return list(pre_dose.failing(observations, replace(IM.pre_dose, **limits), NOW))


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ({"heart_rate_bpm": 50}, []),
        ({"heart_rate_bpm": 110}, []),
        ({"spo2_percent": 94}, []),
        ({"respiratory_rate_bpm": 10}, []),
        ({"respiratory_rate_bpm": 24}, []),
        ({"moaas": 5}, []),
        ({"moaas": 4}, ["pre_dose_moaas"]),
        ({"diastolic_mmhg": 109}, ["pre_dose_bp_hold"]),
    ],
)
def test_signs_at_their_limits(readings: dict[str, Any], expected: list[str]) -> None:
    assert vitals(seen(**readings)) == expected


def test_more_alert_than_asked_for_is_alert() -> None:
    assert vitals(seen(moaas=5), moaas_low=4) == []
    assert vitals(seen(moaas=3), moaas_low=4) == ["pre_dose_moaas"]


@pytest.mark.parametrize(
    ("minutes", "systolic", "noted", "held"),
    [
        (10, 150, True, False),
        (11, 150, True, False),
        (9, 150, True, True),  # not repeated yet
        (10, 150, False, True),  # nobody says why the benefit outweighs the risk
        (10, 165, True, True),  # too high for any note
        (9, 150, False, True),
    ],
)
def test_moderate_pressure_passes_repeated_and_with_a_note(
    minutes: int, systolic: int, noted: bool, held: bool
) -> None:
    first, repeat = seen(minutes, systolic_mmhg=150), seen(systolic_mmhg=systolic)
    notes = frozenset({repeat.id}) if noted else frozenset({first.id})

    rules = list(pre_dose.failing([first, repeat], IM.pre_dose, NOW, noted=notes))

    too_high = ["pre_dose_bp_no_dose_today"] if systolic > 160 else []
    assert rules == [*too_high, *(["pre_dose_bp_hold"] if held else [])]


def test_good_reading_waits_from_the_last_high_one() -> None:
    high = {"systolic_mmhg": 150}

    assert vitals(seen(20, **high), seen(5, **high), seen()) == ["pre_dose_bp_repeat_too_soon"]
    assert vitals(seen(20, **high), seen(10, **high), seen()) == []


def test_high_twice_further_apart_than_the_repeat_ends_the_day() -> None:
    high = {"systolic_mmhg": 165}

    assert vitals(seen(22, **high), seen(11, **high), seen()) == ["pre_dose_bp_no_dose_today"]
    assert vitals(seen(25, **high), seen(11, systolic_mmhg=160), seen()) == []


# --- what is asked before a dose ------------------------------------------------------------------


def asked(protocol: Any, first: bool = True, **changes: Any) -> list[str]:
    return list(
        baseline.failing(said(**changes), protocol.baseline, NOW, today=NOW.date(), first=first)
    )


def ago(**span: float) -> Any:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("protocol", "changes", "rules"),
    [
        (IM, {}, []),
        (IM, {"last_solids_at": ago(hours=6)}, []),
        (IM, {"last_solids_at": ago(hours=5.99)}, ["fasting_solids"]),
        (IM, {"last_fluids_at": ago(hours=2)}, []),
        (IM, {"last_fluids_at": ago(hours=1.99)}, ["fasting_fluids"]),
        (IV, {"last_solids_at": ago(hours=5.99)}, ["fasting_solids"]),
        (SL, {"last_solids_at": NOW, "last_fluids_at": NOW}, []),
        (ESK, {"last_solids_at": ago(hours=2)}, []),
        (ESK, {"last_solids_at": ago(hours=1.99)}, ["fasting_solids"]),
        (ESK, {"last_fluids_at": ago(minutes=30)}, []),
        (ESK, {"last_fluids_at": ago(minutes=29.9)}, ["fasting_fluids"]),
        (ESK, {"medications": {"nasal_decongestant": ago(hours=1)}}, []),
        (
            ESK,
            {"medications": {"nasal_decongestant": ago(hours=0.99)}},
            ["nasal_product_too_recent"],
        ),
        (
            ESK,
            {"medications": {"nasal_corticosteroid": NOW, "other": NOW}},
            ["nasal_product_too_recent"],
        ),
        (ESK, {"medications": {"antidepressant": NOW}}, []),
        (IM, {"medications": {"nasal_decongestant": NOW}}, []),
        (IM, {"medications": {"theophylline": ago(hours=9)}}, ["medication_not_with_ketamine"]),
        (IM, {"medications": {"aminophylline": NOW}}, ["medication_not_with_ketamine"]),
        (IM, {"medications": {"benzodiazepine": NOW}}, []),
        (IM, {"last_alcohol_at": ago(hours=24)}, []),
        (IM, {"last_alcohol_at": ago(hours=23.9)}, ["alcohol_too_recent"]),
        (IM, {"intoxicated": True}, ["intoxicated"]),
        (IM, {"acute_change": True}, ["acute_change"]),
        (IM, {"pregnancy": Pregnancy.POSITIVE}, ["pregnant"]),
        (IM, {"pregnancy": Pregnancy.NOT_TESTED}, ["pregnancy_test_missing"]),
        (IM, {"pregnancy": Pregnancy.NEGATIVE}, ["pregnancy_test_too_old"]),
        (IM, {"suicide_screen": SuicideScreen.WISH}, []),
        (IM, {"suicide_screen": SuicideScreen.METHOD}, ["suicide_screen_positive"]),
        (IM, {"suicide_screen": SuicideScreen.INTENT}, ["suicide_screen_positive"]),
    ],
)
def test_what_is_asked_before_a_dose(
    protocol: Any, changes: dict[str, Any], rules: list[str]
) -> None:
    assert asked(protocol, **changes) == rules


@pytest.mark.parametrize(
    ("first", "days", "good"),
    [(True, 7, True), (True, 8, False), (False, 30, True), (False, 31, False), (False, -1, False)],
)
def test_pregnancy_test_is_newer_before_a_first_dose(first: bool, days: int, good: bool) -> None:
    tested: date = NOW.date() - timedelta(days=days)
    rules = asked(IM, first, pregnancy=Pregnancy.NEGATIVE, pregnancy_tested_on=tested)

    assert rules == ([] if good else ["pregnancy_test_too_old"])


def test_nothing_asked_refuses_where_the_protocol_asks() -> None:
    def rules(limits: Any) -> list[str]:
        return list(baseline.failing(None, limits, NOW, today=NOW.date(), first=True))

    assert rules(IM.baseline) == ["baseline_missing"]
    assert rules(data.protocol("im_racemic_ketamine", "2").baseline) == []


def test_newest_answer_counts_and_silence_does_not_undo_it() -> None:
    first, second = said(), said(intoxicated=True)
    looks = [seen(20, baseline=first), seen(10, baseline=second), seen(baseline=None)]

    assert baseline.newest(looks) is second
    assert baseline.newest([]) is None


# --- pulse oximetry -------------------------------------------------------------------------------

OXIMETRY = data.oximetry_policy()


def after(moaas: int | None, **changes: Any) -> Observation:
    return replace(seen(moaas=moaas, **changes), minutes_since_first_dose=10)


def saturation(seconds_ago: float, kind: str = "spo2_percent") -> DeviceReading:
    at = NOW - timedelta(seconds=seconds_ago)
    return DeviceReading(device_id=uuid4(), kind=kind, read_at=at, value=Decimal(97))


@pytest.mark.parametrize(
    ("taken", "devices", "missing"),
    [
        (after(5), [], False),
        (after(4), [], True),
        (after(0), [], True),
        (after(None), [], False),
        (after(4, oximetry_continuous=True), [], False),
        (after(4, oximetry_continuous=False), [], True),
        (after(4), [saturation(120)], False),
        (after(4), [saturation(121)], True),
        (after(4), [saturation(0, "heart_rate_bpm")], True),
    ],
)
def test_sedated_patient_is_on_an_oximeter(
    taken: Observation, devices: list[DeviceReading], missing: bool
) -> None:
    assert oximetry.missing(taken, devices, OXIMETRY, NOW) is missing


def test_sedation_is_by_the_newest_score_after_the_dose() -> None:
    assert oximetry.sedated([after(5), after(4), after(None)], OXIMETRY)
    assert not oximetry.sedated([after(4), after(5)], OXIMETRY)
    assert not oximetry.sedated([seen(moaas=4)], OXIMETRY)  # before any dose
    assert not oximetry.sedated([], OXIMETRY)


# --- time -----------------------------------------------------------------------------------------


def moment(minutes: float, *, skew: float = 0, boot: str = "a") -> Anchor:
    at = NOW + timedelta(minutes=minutes + skew)
    return Anchor(boot=boot, ticks_ms=1000 + int(minutes * 60_000), at=at)


def test_ticks_count_within_a_boot_and_the_date_between_boots() -> None:
    assert since_first([moment(0)], moment(10, skew=60)) == 10 * MINUTE
    assert since_first([moment(0)], moment(10, skew=-60)) == 10 * MINUTE
    assert since_first([moment(0)], moment(10, boot="b", skew=5)) == 15 * MINUTE
    assert since_first([moment(0)], moment(10, boot="b", skew=-60)) == timedelta(0)
    assert since_first([moment(10)], moment(0)) == timedelta(0)
    assert since_first([moment(0), moment(10), moment(20, boot="b")], moment(30, boot="b")) == (
        30 * MINUTE
    )


@pytest.mark.parametrize(
    ("looks", "now", "stale", "counted"),
    [
        ([], 30, 40, 30),
        ([], 50, 40, 40),
        ([30], 60, 40, 60),
        ([30], 80, 40, 70),
        ([50, 30], 60, 40, 60),  # in any order
        ([0, 60], 60, 40, 40),
        ([-10, 20], 50, 40, 50),  # before the dose is no look
        ([-1], 50, 40, 40),
        ([20, 90], 50, 40, 50),  # nor is one that has not been
        ([51], 50, 40, 40),
        ([50], 50, 40, 40),
        ([], 50, None, 50),
    ],
)
def test_time_in_which_nobody_looked_is_lost(
    looks: list[int], now: int, stale: int | None, counted: int
) -> None:
    after_dose = [one * MINUTE for one in looks]
    limit = None if stale is None else stale * MINUTE

    assert watched(after_dose, now * MINUTE, limit) == counted * MINUTE


# --- orders ---------------------------------------------------------------------------------------


def test_ratio_goes_by_the_last_dose_where_there_is_no_history() -> None:
    last = LastDose(at=NOW - 5 * DAY, iv_equivalent_mg_per_kg=Decimal("0.465"))
    known = about(last=last)

    assert stops("51", IM, known) == ([], [])  # 1.5 exactly
    assert stops("51.001", IM, known) == ([], ["ratio_to_last_dose_above_soft_stop"])
    assert stops("20", IM, known) == ([], [])
    assert stops("68", IM, known) == ([], ["ratio_to_last_dose_above_soft_stop"])  # 2.0 exactly
    assert stops("68.001", IM, known)[0] == ["ratio_to_last_dose_above_hard_stop"]


def test_amounts_at_their_stops() -> None:
    kg = Decimal(60)

    def soft_of(mg: str) -> list[str]:
        return list(soft(Decimal(mg), kg, SL.dose, about()))

    assert soft_of("200") == []  # 1.0 mg/kg intravenous, exactly
    assert soft_of("200.001") == ["iv_equivalent_above_soft_stop"]
    assert soft_of("300")[:1] == ["iv_equivalent_above_soft_stop"]
    assert soft_of("300.001")[:1] == ["dose_above_soft_stop"]
    assert stops("400", SL, about(past("400", route_share="0.30"))) == (
        [],
        ["dose_above_soft_stop", "iv_equivalent_above_soft_stop"],
    )
    assert stops("401", SL, about(past("400", route_share="0.30")))[0] == ["dose_above_hard_stop"]


@pytest.mark.parametrize(
    ("protocol", "mg", "over_65", "above"),
    [
        (ESK, "56", False, False),
        (ESK, "84", False, True),
        (ELSEWHERE, "28", False, False),
        (ELSEWHERE, "56", False, False),
        (ELSEWHERE, "28", True, False),
        (ELSEWHERE, "56", True, True),
    ],
)
def test_first_dose_of_esketamine_by_locale_and_age(
    protocol: Any, mg: str, over_65: bool, above: bool
) -> None:
    _, soft_stops = stops(mg, protocol, about(from_65=over_65))

    assert ("above_first_dose" in soft_stops) is above


@pytest.mark.parametrize(
    ("mg", "ml", "good"),
    [
        ("20", "0.42", True),  # 5 % exactly
        ("20", "0.38", True),  # 5 % less
        ("19.995", "0.42", False),
        ("20.005", "0.38", False),
    ],
)
def test_rounding_of_a_volume(mg: str, ml: str, good: bool) -> None:
    rules = list(of_product(Decimal(mg), Decimal(ml), VIAL, IM.dose))

    assert rules == ([] if good else ["volume_cannot_be_measured"])
    assert list(of_product(Decimal(mg), None, VIAL, IM.dose)) == []


def test_weight_at_its_limits() -> None:
    weight = Weight(kg=Decimal(72), measured_at=NOW + IM.charting.future_tolerance)

    assert list(of_weight(weight, IM, NOW)) == []
    assert not weight_changed(weight, LastDose(weight_kg=Decimal(80)), IM)  # 10 % exactly
    assert weight_changed(weight, LastDose(weight_kg=Decimal("80.001")), IM)


# --- stock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [UUID(int=0), UUID(int=2**128 - 1)])
def test_stock_of_a_patient_stays_where_it_is_held(other: UUID) -> None:
    patient, site = UUID(int=7), UUID(int=8)
    held = replace(
        container(),
        ownership=Ownership.PATIENT_SPECIFIC_HELD,
        patient_id=UUID(int=7),
        site_id=UUID(int=8),
    )

    assert list(lot.ownership_failing(held, {patient}, site)) == []
    assert list(lot.ownership_failing(held, {patient, other}, site)) == []
    assert list(lot.ownership_failing(held, {other}, site)) == ["stock_of_another_patient"]
    assert list(lot.ownership_failing(held, {patient}, other)) == [
        "patient_specific_not_transferable"
    ]


def test_opened_vial_is_good_until_its_date() -> None:
    opened = replace(container(), first_drawn_at=NOW - DAY)

    assert list(lot.failing(opened, VIAL, NOW.date(), NOW, quarantined=False)) == []


def dispensed(held: str, left: str, days: float | None) -> Dispensed:
    at = None if days is None else NOW - timedelta(days=days)
    return Dispensed(held_mg=Decimal(held), left_mg=Decimal(left), last_at=at)


@pytest.mark.parametrize(
    ("before", "early"),
    [
        (dispensed("0", "0", None), False),
        (dispensed("1200", "300", 21), False),  # a quarter, three weeks on
        (dispensed("1200", "301", 21), True),
        (dispensed("1200", "300", 20.9), True),
        (dispensed("1200", "0", 1), True),
    ],
)
def test_refill_is_early_by_what_is_left_or_by_the_time(before: Dispensed, early: bool) -> None:
    codes = [code for code, _ in misuse.of_refill(before, data.misuse_policy(), NOW)]

    assert codes == (["refill_early"] if early else [])


def test_third_early_try_is_one_too_many() -> None:
    assert list(misuse.of_tries(2, data.misuse_policy())) == []
    assert [code for code, _ in misuse.of_tries(3, data.misuse_policy())] == ["early_dose_sought"]
