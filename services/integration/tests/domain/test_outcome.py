"""Change on a rating scale is judged by the published formulas, and never by rounding."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.data.following import outcomes
from integration.domain.outcome import (
    Outcome,
    Scale,
    change_percent,
    classify,
    reliable_change_index,
    responds,
    standard_error_of_difference,
)

PHQ9 = outcomes().scales["phq9"]
GAD7 = outcomes().scales["gad7"]
AT = outcomes().reliable_at
SCORES = st.integers(0, 27).map(Decimal)


def before(score: int, *classes: str) -> Outcome:
    return Outcome(
        id=uuid4(),
        patient_id=UUID(int=1),
        assessment_id=uuid4(),
        baseline_assessment_id=None,
        instrument="phq9",
        score=Decimal(score),
        change_percent=None,
        reliable_change=None,
        classes=classes,
        recall_overlaps_dose=False,
        completed_at=datetime(2027, 3, 1, tzinfo=UTC),
        policy_version="1",
    )


def judged(scale: Scale, baseline: int, score: int, *earlier: Outcome) -> set[str]:
    return set(classify(scale, Decimal(baseline), earlier, Decimal(score), AT))


def test_worked_example_of_jacobson_and_truax() -> None:
    """Their hypothetical couple: SD 7.5, reliability .80, from 32.5 to 47.5."""
    error = standard_error_of_difference(Decimal("7.5"), Decimal("0.80"))
    assert error.quantize(Decimal("0.01")) == Decimal("4.74")
    index = reliable_change_index(
        Decimal("32.5"), Decimal("47.5"), sd=Decimal("7.5"), reliability=Decimal("0.80")
    )
    assert index == Decimal("3.16")


def test_reference_journey_is_a_response_and_no_remission() -> None:
    assert change_percent(Decimal(19), Decimal(9)) == Decimal("-52.6")
    assert judged(PHQ9, 19, 9) == {"response", "reliable_improvement"}
    assert judged(PHQ9, 19, 12) == {"reliable_improvement"}
    assert change_percent(Decimal(14), Decimal(7)) == Decimal("-50.0")
    assert "response" in judged(GAD7, 14, 7)


@pytest.mark.parametrize(
    ("baseline", "score", "expected"),
    [(20, 10, True), (19, 10, False), (9, 5, False), (9, 4, True), (0, 0, False)],
)
def test_response_is_half_exactly(baseline: int, score: int, expected: bool) -> None:
    assert responds(PHQ9, Decimal(baseline), Decimal(score)) is expected


@pytest.mark.parametrize(("score", "expected"), [(4, True), (5, False)])
def test_remission_is_below_five(score: int, expected: bool) -> None:
    assert ("remission" in judged(PHQ9, 19, score)) is expected


@pytest.mark.parametrize(("score", "expected"), [(14, True), (13, False)])
def test_five_points_worse_than_the_last_score_is_deterioration(score: int, expected: bool) -> None:
    assert ("deterioration" in judged(PHQ9, 19, score, before(9))) is expected
    assert ("deterioration" in judged(PHQ9, 9, score)) is expected


def test_relapse_follows_a_response_only() -> None:
    assert "relapse" in judged(PHQ9, 19, 12, before(9, "response"))
    assert "relapse" not in judged(PHQ9, 19, 12, before(13))
    assert "relapse" not in judged(PHQ9, 19, 9, before(8, "response"))


def test_scale_without_thresholds_is_never_judged() -> None:
    ebi = outcomes().scales["ebi"]
    assert judged(ebi, 410, 0) == set()


@given(
    sd=st.decimals("0.5", "30", places=1),
    reliability=st.decimals("0.05", "0.99", places=2),
    before_=st.integers(0, 100).map(Decimal),
    after=st.integers(0, 100).map(Decimal),
)
def test_index_is_that_of_jacobson_and_truax_in_their_own_words(
    sd: Decimal, reliability: Decimal, before_: Decimal, after: Decimal
) -> None:
    """S_diff = sqrt(2 S_E^2) with S_E = s1 sqrt(1 - r), as the paper builds it up, in floats."""
    error = float(sd) * math.sqrt(1 - float(reliability))
    expected = float(after - before_) / math.sqrt(2 * error**2)
    index = reliable_change_index(before_, after, sd=sd, reliability=reliability)
    assert float(index) == pytest.approx(expected, abs=0.0051)


@given(baseline=SCORES, score=SCORES)
def test_classes_are_as_published(baseline: Decimal, score: Decimal) -> None:
    """HEDIS on the PHQ-9 (doi:10.1176/appi.ps.201900295): 50 % or more, and below 5."""
    found = set(classify(PHQ9, baseline, (), score, AT))
    assert ("remission" in found) is (score < 5)
    assert ("response" in found) is (baseline > 0 and 2 * (baseline - score) >= baseline)


@given(baseline=SCORES, score=SCORES)
def test_change_and_index_have_the_sign_of_the_change(baseline: Decimal, score: Decimal) -> None:
    assert PHQ9.sd is not None
    assert PHQ9.reliability is not None
    index = reliable_change_index(baseline, score, sd=PHQ9.sd, reliability=PHQ9.reliability)
    back = reliable_change_index(score, baseline, sd=PHQ9.sd, reliability=PHQ9.reliability)
    assert (index > 0) is (score > baseline)
    assert index == -back
    percent = change_percent(baseline, score)
    if percent is not None:
        assert (percent > 0) is (score > baseline)
        assert percent >= -100


@given(baseline=SCORES, one=SCORES, other=SCORES)
def test_a_better_score_is_never_judged_worse(
    baseline: Decimal, one: Decimal, other: Decimal
) -> None:
    better, worse = sorted((one, other))
    good = set(classify(PHQ9, baseline, (), better, AT))
    bad = set(classify(PHQ9, baseline, (), worse, AT))
    for name in ("response", "remission", "reliable_improvement"):
        assert name in good or name not in bad
    for name in ("deterioration", "reliable_worsening"):
        assert name in bad or name not in good


@given(baseline=SCORES, score=SCORES)
def test_nobody_improves_and_worsens_at_once(baseline: Decimal, score: Decimal) -> None:
    found = set(classify(PHQ9, baseline, (), score, AT))
    assert not {"reliable_improvement", "reliable_worsening"} <= found
    assert not ({"response", "deterioration"} <= found)
