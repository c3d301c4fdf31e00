"""Every instrument is scored as published, and a broken definition stops the start."""

from dataclasses import replace
from typing import Any

import pytest
from intake.data.instruments import check, current, instruments
from intake.domain.errors import AssessmentIncomplete
from intake.domain.instrument import Band, Condition, Instrument, Licence


def sums(code: str, total: int) -> dict[str, int]:
    """Answers that add up to a total."""
    answers: dict[str, int] = {}
    for item in current(code).items:
        answers[item.code] = min(3, total - sum(answers.values()))
    return answers


PHQ9_BANDS = [(0, 4, "none_minimal"), (5, 9, "mild"), (10, 14, "moderate")]
PHQ9_BANDS += [(15, 19, "moderately_severe"), (20, 27, "severe")]
GAD7_BANDS = [(0, 4, "minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 21, "severe")]


@pytest.mark.parametrize(
    ("code", "total", "band"),
    [("phq9", t, band) for low, high, band in PHQ9_BANDS for t in (low, high)]
    + [("gad7", t, band) for low, high, band in GAD7_BANDS for t in (low, high)],
)
def test_sum_falls_into_its_published_band(code: str, total: int, band: str) -> None:
    result = current(code).result(sums(code, total))
    assert (result.score, result.band) == (total, band)


@pytest.mark.parametrize(
    ("yes", "band"),
    [
        ((), "none"),
        (("q1",), "low"),
        (("q1", "q2"), "low"),
        (("q1", "q2", "q3"), "moderate"),
        (("q6_lifetime",), "moderate"),
        (("q2", "q4"), "high"),
        (("q2", "q5"), "high"),
        (("q6_lifetime", "q6_recent"), "high"),
        (("q2", "q3", "q5"), "high"),
    ],
)
def test_cssrs_triage_takes_the_gravest_answer(yes: tuple[str, ...], band: str) -> None:
    screener = current("cssrs_screener")
    answers = {item.code: int(item.code in yes) for item in screener.items}
    assert screener.result(answers).band == band
    assert screener.result(answers).score is None


def test_cssrs_asks_three_to_five_only_after_a_yes_to_two() -> None:
    screener = current("cssrs_screener")
    assert screener.missing({"q1": 1, "q2": 0, "q6_lifetime": 0}) == ()
    assert screener.missing({"q1": 1, "q2": 1, "q6_lifetime": 0}) == ("q3", "q4", "q5")
    assert screener.missing({"q1": 0, "q2": 0, "q6_lifetime": 1}) == ("q6_recent",)


@pytest.mark.parametrize("code", ["phq9", "gad7", "cssrs_screener"])
def test_no_missing_answer_is_imputed(code: str) -> None:
    with pytest.raises(AssessmentIncomplete):
        current(code).result({})


def test_loinc_codes_are_those_of_the_reference() -> None:
    codes = {i.code: (i.panel_loinc, i.result_loinc) for i in instruments()}
    assert codes["pcl5"] == ("101697-1", "101698-9")
    assert codes["audit_c"] == ("72109-2", "75626-2")  # not 76504-0, which another guide uses
    assert codes["phq9"] == ("44249-1", "44261-6")
    assert codes["gad7"] == ("69737-5", "70274-6")
    assert codes["cssrs_screener"] == ("93373-9", "93374-7")
    assert current("phq9").items[8].loinc == "44260-8"


def broken(**changes: Any) -> Instrument:
    return replace(current("phq9"), **changes)


BANDS = current("phq9").bands
ITEMS = current("phq9").items
TRIGGER = current("phq9").triggers[0]
TOTAL = current("phq9").scores[0]
OPTION = current("phq9").options[0]


@pytest.mark.parametrize(
    "instrument",
    [
        broken(bands=BANDS[1:]),
        broken(bands=BANDS[:-1]),
        broken(bands=(*BANDS[:1], Band(code="mild", minimum=6, maximum=9), *BANDS[2:])),
        broken(items=(*ITEMS, ITEMS[0])),
        broken(licence=Licence.NEED_PERMISSION),
        broken(items=(replace(ITEMS[0], text=None), *ITEMS[1:])),
        broken(triggers=(replace(TRIGGER, any_of=(Condition(item="item99", at_least=1),)),)),
        broken(triggers=(replace(TRIGGER, any_of=(Condition(item="item9", at_least=7),)),)),
        broken(triggers=(replace(TRIGGER, any_of=()),)),
        broken(scores=()),
        broken(scores=(replace(TOTAL, highest=28),)),
        broken(scores=(replace(TOTAL, items=(*TOTAL.items, "item99")),)),
        broken(scores=(replace(TOTAL, items=(*TOTAL.items, "item10"), highest=30),)),
        broken(options=(replace(OPTION, text={"en": "Never"}), *current("phq9").options[1:])),
        broken(version="one"),
    ],
)
def test_broken_definition_is_refused_at_load(instrument: Instrument) -> None:
    assert check(current("phq9"))
    with pytest.raises(ValueError, match="phq9"):
        check(instrument)
