"""Cohort figures never show a group so small that somebody in it could be found."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.data.following import cohorts
from integration.domain.cohort import Course, cells, end_of_quarter
from integration.domain.errors import QuarterNotOver
from integration.domain.outcome import Outcome

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
    return Course(group=group, baseline=Decimal(19), last=last)


def courses(**sizes: int) -> list[Course]:
    return [course(group, "response") for group, size in sizes.items() for _ in range(size)]


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


@given(sizes=st.dictionaries(st.sampled_from(["im", "iv", "oral", "sl"]), st.integers(1, 40)))
def test_no_small_group_is_shown_nor_to_be_found_by_subtraction(sizes: dict[str, int]) -> None:
    *groups, total = cells(courses(**sizes), cohorts())
    assert all(cell.patients is None or cell.patients >= LEAST for cell in [*groups, total])
    hidden = [cell for cell in groups if cell.hidden]
    assert len(hidden) != 1 or total.hidden
    assert all(
        cell.response_percent is None and cell.mean_change_percent is None for cell in hidden
    )


@pytest.mark.parametrize("quarter", ["2027-Q2", "2027-Q3", "2027", "27-Q1", "2027-Q5", ""])
def test_running_or_unknown_quarter_is_refused(quarter: str) -> None:
    with pytest.raises(QuarterNotOver):
        end_of_quarter(quarter, NOW)


def test_past_quarters_end_where_the_next_begins() -> None:
    assert end_of_quarter("2027-Q1", NOW) == datetime(2027, 4, 1, tzinfo=UTC)
    assert end_of_quarter("2026-Q4", NOW) == datetime(2027, 1, 1, tzinfo=UTC)
