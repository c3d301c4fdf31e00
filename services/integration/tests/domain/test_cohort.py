"""Cohort figures never show a group so small that somebody in it could be found."""

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from integration.data.following import cohorts
from integration.domain.cohort import Cell, Course, Dimension, group_of, span_of_quarter
from integration.domain.dose import Dose
from integration.domain.errors import QuarterNotOver
from integration.domain.outcome import Outcome
from integration.domain.suppression import cells

NOW = datetime(2027, 6, 30, 12, tzinfo=UTC)
LEAST = cohorts().smallest_cell


def course(group: str, *classes: str) -> Course:
    last = Outcome(
        id=uuid4(),
        patient_id=uuid4(),
        assessment_id=uuid4(),
        baseline_assessment_id=uuid4(),
        instrument="phq9",
        score=Decimal(9),
        change_percent=Decimal("-52.6"),
        reliable_change=None,
        classes=classes,
        recall_overlaps_dose=False,
        completed_at=NOW,
        policy_version="1",
    )
    return Course(group=group, last=last)


def courses(**sizes: int) -> list[Course]:
    return [course(group, "response") for group, size in sizes.items() for _ in range(size)]


def mixed(**sizes: tuple[int, int]) -> list[Course]:
    """Of each group, so many patients of whom so many respond."""
    return [
        course(group, *(["response"] if number < responders else []))
        for group, (patients, responders) in sizes.items()
        for number in range(patients)
    ]


def test_group_of_the_least_size_is_shown_and_one_less_is_not() -> None:
    shown = cells(courses(im=LEAST), cohorts())
    assert [(cell.group, cell.patients) for cell in shown] == [("im", LEAST), ("all", LEAST)]
    assert shown[0].response_percent == Decimal("100.0")
    hidden = cells(courses(im=LEAST - 1), cohorts())
    assert [(cell.group, cell.patients) for cell in hidden] == [("im", None), ("all", None)]
    assert hidden[0].mean_change_percent is None


def test_one_small_group_cannot_be_worked_out_from_the_total() -> None:
    found = {c.group: c.patients for c in cells(courses(im=40, iv=20, oral=3), cohorts())}
    assert found == {"im": 40, "iv": None, "oral": None, "all": 63}


def test_small_groups_that_are_few_together_take_another_along() -> None:
    """Three and four hidden, the total shown: the seven would be a group that nobody may see."""
    found = {c.group: c.patients for c in cells(courses(im=40, iv=20, oral=3, sl=4), cohorts())}
    assert found == {"im": 40, "iv": None, "oral": None, "sl": None, "all": 67}


def test_share_of_a_few_is_not_told_nor_to_be_found_by_subtraction() -> None:
    *_, im, iv, total = cells(mixed(im=(40, 20), iv=(30, 3)), cohorts())
    assert (im.response_percent, iv.response_percent) == (Decimal("50.0"), None)
    assert total.response_percent is None  # else 23 of 70 less 20 of 40 leaves the three
    assert (iv.patients, total.patients) == (30, 70)
    assert total.mean_change_percent == Decimal("-52.6")


def test_share_that_leaves_a_few_is_not_told() -> None:
    (im, _) = cells(mixed(im=(40, 37)), cohorts())
    assert im.response_percent is None


GROUPS = st.dictionaries(
    st.sampled_from(["im", "iv", "oral", "sl", "nasal"]),
    st.integers(1, 60).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size))),
    min_size=1,
)


@settings(max_examples=int(os.environ.get("KAIROS_COHORT_EXAMPLES", "200")))
@given(sizes=GROUPS)
def test_nothing_shown_lets_a_small_count_be_worked_out(sizes: dict[str, tuple[int, int]]) -> None:
    """An attacker has all that is shown, and subtracts the groups from the total."""
    *groups, total = cells(mixed(**sizes), cohorts())
    seen = [cell for cell in groups if not cell.hidden]
    assert all(enough(cell.patients or 0) for cell in [*seen, total])
    if total.patients is not None:
        assert enough(total.patients - sum(cell.patients or 0 for cell in seen))
    told = {c.group: responders(c) for c in [*seen, total] if c.response_percent is not None}
    for name, (patients, count) in told.items():
        assert enough(count), name
        assert enough(patients - count), name
    if "all" in told:
        rest = [told["all"][n] - sum(told[g][n] for g in told if g != "all") for n in (0, 1)]
        assert enough(rest[1])
        assert enough(rest[0] - rest[1])
    for cell in groups:
        if cell.hidden:
            assert (cell.response_percent, cell.mean_change_percent) == (None, None)


def enough(count: int) -> bool:
    return count == 0 or count >= LEAST


def responders(cell: Cell) -> tuple[int, int]:
    """How many patients and, from the share, responders, as anybody could work out."""
    assert cell.patients is not None
    assert cell.response_percent is not None
    return cell.patients, round(cell.patients * float(cell.response_percent) / 100)


def test_dose_band_is_per_kilogram_and_unknown_where_a_weight_is() -> None:
    def given_mg_per_kg(*amounts: str | None) -> list[Dose]:
        return [
            Dose(
                id=uuid4(),
                patient_id=uuid4(),
                session_id=uuid4(),
                site_id=uuid4(),
                route="im",
                amount_mg=Decimal(34),
                administered_at=NOW,
                mg_per_kg=None if one is None else Decimal(one),
            )
            for one in amounts
        ]

    def band(*amounts: str | None) -> str:
        return group_of(Dimension.DOSE_BAND, given_mg_per_kg(*amounts), None, cohorts())

    assert band("0.499") == "below_0.5_mg_per_kg"
    assert band("0.5", "0.6", "0.7") == "0.5_to_0.74_mg_per_kg"
    assert band("0.75") == "0.75_to_0.99_mg_per_kg"
    assert band("2.941") == "1.5_mg_per_kg_and_more"
    assert band("0.5", None) == "unknown"


SETTLED = cohorts().settled_after


@pytest.mark.parametrize("quarter", ["2027-Q2", "2027-Q3", "2027", "27-Q1", "2027-Q5", ""])
def test_running_or_unknown_quarter_is_refused(quarter: str) -> None:
    with pytest.raises(QuarterNotOver):
        span_of_quarter(quarter, NOW, SETTLED)


def test_quarter_that_has_only_just_ended_is_refused() -> None:
    ended = datetime(2027, 4, 1, tzinfo=UTC)
    with pytest.raises(QuarterNotOver):
        span_of_quarter("2027-Q1", ended + SETTLED - timedelta(seconds=1), SETTLED)
    assert span_of_quarter("2027-Q1", ended + SETTLED, SETTLED)[1] == ended


def test_past_quarters_end_where_the_next_begins() -> None:
    first, second = (span_of_quarter(q, NOW, SETTLED) for q in ("2026-Q4", "2027-Q1"))
    assert first == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert second == (first[1], datetime(2027, 4, 1, tzinfo=UTC))
