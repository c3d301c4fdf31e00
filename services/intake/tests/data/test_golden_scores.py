"""Every instrument against worked examples: published cut-offs and the reference journey's scores.

An example is computed by hand from the published scoring rule, item by item.
"""

from decimal import Decimal
from typing import Any

import pytest
from intake.data.instruments import current, newest
from intake.domain.assessment_errors import (
    ProratingNotOffered,
    SafetyItemsMissing,
    ScoresDoNotFit,
    ScoresNotTaken,
)
from intake.domain.errors import AssessmentIncomplete
from intake.domain.instrument import Licence


def answers(*values: int) -> dict[str, int]:
    return {f"item{n}": value for n, value in enumerate(values, start=1)}


def scores(code: str, given: dict[str, int], sex: str = "unknown") -> dict[str, str]:
    result = current(code).result(given, sex)
    return {score.code: str(score.value) for score in result.scores}


def band(code: str, given: dict[str, int], sex: str = "unknown") -> str | None:
    return current(code).result(given, sex).band


# Dana's day -14: PHQ-9 19, GAD-7 14, PCL-5 28, AUDIT-C 2, DAST-10 1 (clinical reference, 10a).
DANA: list[tuple[str, dict[str, int], str, str | None]] = [
    ("phq9", answers(3, 3, 3, 2, 2, 2, 2, 1, 1), "19", "moderately_severe"),
    ("gad7", answers(2, 2, 2, 2, 2, 2, 2), "14", "moderate"),
    ("pcl5", answers(2, 1, 0, 2, 1, 2, 2, 0, 2, 2, 2, 2, 2, 2, 1, 0, 1, 1, 2, 1), "28",
     "below_probable"),
    ("audit_c", answers(1, 1, 0), "2", "negative"),
    ("dast10", answers(0, 0, 1, 0, 0, 1, 0, 0, 0, 0), "1", "low"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "given", "total", "found"), DANA)
def test_reference_journey_scores_as_its_reference_says(
    code: str, given: dict[str, int], total: str, found: str
) -> None:
    assert scores(code, given, "female")["total"] == total
    assert band(code, given, "female") == found


EDGES: list[tuple[str, list[tuple[int, int, str]]]] = [
    ("madrs", [(0, 6, "none"), (7, 19, "mild"), (20, 34, "moderate"), (35, 60, "severe")]),
    ("qids_sr16", [(0, 5, "none"), (6, 10, "mild"), (11, 15, "moderate"), (16, 20, "severe"),
                   (21, 27, "very_severe")]),
    ("dast10", [(0, 0, "none"), (1, 2, "low"), (3, 5, "moderate"), (6, 8, "substantial"),
                (9, 10, "severe")]),
    ("bsrs5", [(0, 5, "normal"), (6, 9, "mild"), (10, 14, "moderate"), (15, 20, "severe")]),
    ("pcl5", [(0, 30, "below_probable"), (31, 80, "probable")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "total", "found"),
    [(c, t, b) for c, ranges in EDGES for low, high, b in ranges for t in {low, high}],
)
def test_total_falls_into_its_published_band(code: str, total: int, found: str) -> None:
    bands = current(code).bands
    assert [b.code for b in bands if (b.minimum or 0) <= total <= (b.maximum or 0)] == [found]


@pytest.mark.parametrize(
    ("sex", "total", "found"),
    [("male", 3, "negative"), ("male", 4, "positive"), ("female", 2, "negative"),
     ("female", 3, "positive"), ("unknown", 2, "negative"), ("unknown", 3, "positive")],
)  # fmt: skip
def test_audit_c_cut_off_depends_on_sex_and_is_the_lower_one_where_unknown(
    sex: str, total: int, found: str
) -> None:
    assert band("audit_c", answers(min(total, 4), max(total - 4, 0), 0), sex) == found


def test_audit_c_of_somebody_who_never_drinks_asks_no_more() -> None:
    assert scores("audit_c", {"item1": 0}) == {"total": "0"}
    with pytest.raises(AssessmentIncomplete):
        current("audit_c").result({"item1": 1})


def test_dast_counts_a_no_to_item_three() -> None:
    all_no = answers(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert scores("dast10", all_no)["total"] == "1"
    assert scores("dast10", {**all_no, "item3": 1})["total"] == "0"


def test_qids_takes_the_highest_of_sleep_appetite_and_movement() -> None:
    #         sleep 1-4   sad   appetite 6-9   10 11 12 13 14   movement 15-16
    given = answers(1, 3, 0, 2, 2, 0, 1, 3, 0, 1, 1, 0, 2, 1, 0, 2)
    assert scores("qids_sr16", given)["total"] == "15"  # 3+2+3 +1+1+0+2+1 +2
    # The twin: a plain sum would be 19.
    assert sum(given.values()) == 19


def test_qids_items_beside_the_highest_do_not_count() -> None:
    given = answers(3, 3, 3, 3, 0, 3, 3, 3, 3, 0, 0, 0, 0, 0, 3, 3)
    assert scores("qids_sr16", given)["total"] == "9"


def test_pcl5_provisional_needs_every_cluster() -> None:
    #               B -------------  C ---  D -------------------  E ----------------
    met = answers(2, 0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0)
    found = scores("pcl5", met)
    assert (found["symptoms_b"], found["symptoms_c"]) == ("1", "1")
    assert (found["symptoms_d"], found["symptoms_e"]) == ("2", "2")
    assert found["provisional"] == "1"
    assert (found["cluster_b"], found["cluster_d"]) == ("2", "4")
    for item in ("item1", "item7", "item8", "item15"):
        assert scores("pcl5", {**met, item: 1})["provisional"] == "0"


def test_meq30_is_complete_from_sixty_percent_on_each_factor() -> None:
    full = answers(*[3] * 30)
    assert scores("meq30", full) == {
        "mean": "3", "mystical": "3", "mood": "3", "transcendence": "3", "ineffability": "3",
        "complete": "1",
    }  # fmt: skip
    below = scores("meq30", {**full, "item28": 2})
    assert (below["ineffability"], below["complete"]) == ("2.67", "0")
    assert below["mean"] == "2.97"


def test_cadss6_is_six_items_of_the_full_scale() -> None:
    given = {**answers(*[0] * 23), "item1": 4, "item2": 3, "item3": 4, "item22": 2}
    assert scores("cadss", given) == {"total": "13", "cadss6": "9"}
    assert scores("cadss6", {k: v for k, v in given.items() if k in
                             {"item1", "item2", "item6", "item7", "item15", "item22"}}) == {
        "total": "9"
    }  # fmt: skip


def test_bsrs5_suicide_item_triggers_and_does_not_count() -> None:
    given = {**answers(1, 1, 1, 1, 1), "suicide": 2}
    assert scores("bsrs5", given)["total"] == "5"
    assert [t.code for t in current("bsrs5").triggered_by("suicide", 2)] == ["bsrs5_suicide"]
    assert current("bsrs5").triggered_by("suicide", 1) == ()


def test_ebi_is_a_sum_up_to_six_hundred() -> None:
    assert scores("ebi", answers(100, 80, 70, 60, 50, 50))["total"] == "410"


# --- prorating ---------------------------------------------------------------------------------

SEVEN = answers(3, 3, 3, 2, 2, 2, 2) | {"item9": 0}


def test_phq9_makes_up_for_two_missing_items_on_request_and_flags_it() -> None:
    given = {k: v for k, v in SEVEN.items() if k != "item7"}  # 15 over seven items
    result = current("phq9").prorated_result(given)
    assert (result.score, result.prorated) == (19, True)  # 15 * 9 / 7 = 19.3
    assert result.band == "moderately_severe"


@pytest.mark.parametrize("lost", [("item6", "item7"), ("item9",)])
def test_too_many_missing_or_the_safety_item_is_never_made_up_for(lost: tuple[str, ...]) -> None:
    given: dict[str, Any] = {k: v for k, v in SEVEN.items() if k not in lost}
    with pytest.raises(AssessmentIncomplete):
        current("phq9").prorated_result(given)


def test_prorating_is_offered_only_where_a_rule_declares_it() -> None:
    with pytest.raises(ProratingNotOffered):
        current("gad7").prorated_result(answers(1, 1, 1, 1, 1, 1))
    with pytest.raises(ProratingNotOffered):
        current("phq9").prorated_result(answers(1, 1, 1, 1, 1, 1, 1, 1, 1))


# --- totals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("instrument", newest(), ids=lambda i: i.code)
def test_totals_are_taken_only_where_the_text_may_not_be_shipped(instrument: Any) -> None:
    entered = {rule.code: Decimal(rule.highest) for rule in instrument.scores}
    if instrument.licence is Licence.SHIP or not instrument.scores:
        with pytest.raises(ScoresNotTaken):
            instrument.entered_result(entered)
    else:
        result = instrument.entered_result(entered)
        assert result.scores[0].value == instrument.scores[0].highest


@pytest.mark.parametrize(
    ("code", "entered"),
    [("madrs", {"total": "61"}), ("madrs", {"total": "1.5"}), ("madrs", {"sum": "1"}),
     ("meq30", {"mystical": "3"}), ("madrs", {"total": "-1"})],
)  # fmt: skip
def test_impossible_total_is_refused(code: str, entered: dict[str, str]) -> None:
    with pytest.raises(ScoresDoNotFit):
        current(code).entered_result({k: Decimal(v) for k, v in entered.items()})


def test_total_without_its_safety_item_is_refused() -> None:
    with pytest.raises(SafetyItemsMissing):
        current("madrs").check_safety_items({})
    current("madrs").check_safety_items({"item10": 0})


@pytest.mark.parametrize(
    ("code", "item", "below", "at"),
    [("phq9", "item9", 0, 1), ("qids_sr16", "item12", 1, 2), ("madrs", "item10", 3, 4),
     ("bsrs5", "suicide", 1, 2)],
)  # fmt: skip
def test_safety_item_triggers_from_its_threshold(code: str, item: str, below: int, at: int) -> None:
    assert current(code).triggered_by(item, below) == ()
    assert len(current(code).triggered_by(item, at)) == 1
