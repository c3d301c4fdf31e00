"""What was given over time: counted in sessions, over every route, from the first dose of each."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from dosing import data
from dosing.domain.exposure import History, PastDose, failing, ratio_above

from .makers import NOW

IM = data.protocol_for("im")
ESK = data.protocol_for("nasal_esketamine")


def session_of(*days_ago: float, mg: str = "34") -> list[PastDose]:
    """The doses of one session, oldest first."""
    session_id = uuid4()
    return [
        PastDose(
            session_id=session_id,
            route="im",
            amount_mg=Decimal(mg),
            bioavailability=Decimal("0.93"),
            weight_kg=Decimal("68"),
            given_at=NOW - timedelta(days=one),
            tolerated=True,
        )
        for one in days_ago
    ]


def history(*sessions: list[PastDose], reviewed_days_ago: float | None = None) -> History:
    reviewed = None if reviewed_days_ago is None else NOW - timedelta(days=reviewed_days_ago)
    return History(doses=[dose for of in sessions for dose in of], reviewed_at=reviewed)


def rules(of: History, limits: object = None) -> list[str]:
    return [rule for rule, _ in failing(of, limits or IM.exposure, NOW)]  # type: ignore[arg-type]


def test_total_is_all_that_was_given() -> None:
    assert history().total_mg == 0
    assert history(session_of(9, 8.9, mg="28"), session_of(2)).total_mg == 90


def test_session_counts_by_its_first_dose() -> None:
    """A dose in parts that began before the week does not fall into it."""
    parts = history(session_of(7.01, 6.99))

    assert parts.sessions_since(NOW - timedelta(days=7)) == 0
    assert parts.sessions_since(None) == 1


def test_induction_is_counted_from_the_first_session_by_the_route() -> None:
    """V S5: weeks 1 to 4 twice weekly; ketamine by another route begins none."""
    long_ago, lately = session_of(40), session_of(3)

    assert ESK.exposure is not None
    other = failing(history(long_ago, lately), ESK.exposure, NOW, "nasal_esketamine")
    own = failing(history(long_ago, lately), ESK.exposure, NOW, "im")

    assert list(other) == []
    assert list(own) == [("weekly_sessions_above_soft_stop", False)]


def test_first_session_ever_breaks_no_rule_of_frequency() -> None:
    assert rules(history()) == []
    assert rules(history(), ESK.exposure) == []


def test_review_is_due_after_six_sessions_and_stays_due() -> None:
    five, six, seven = ([session_of(10 * n) for n in range(count, 0, -1)] for count in (5, 6, 7))

    assert rules(history(*five)) == []
    assert rules(history(*six)) == ["exposure_review_due"]
    assert rules(history(*seven)) == ["exposure_review_due"]


def test_review_is_due_three_months_after_the_first_unreviewed_dose() -> None:
    """By the oldest session and its first dose, not by the newest."""
    assert rules(history(session_of(89.9), session_of(20))) == []
    assert rules(history(session_of(90), session_of(20))) == ["exposure_review_due"]
    assert rules(history(session_of(91, 89), session_of(20))) == ["exposure_review_due"]


def test_review_starts_the_count_anew() -> None:
    before = [session_of(day) for day in (60, 50, 40, 30)]
    after = [session_of(day) for day in (24, 20, 16, 12, 9)]

    assert rules(history(*before, *after, reviewed_days_ago=25)) == []
    assert rules(history(*before, *after, session_of(8), reviewed_days_ago=25)) == [
        "exposure_review_due"
    ]


def test_session_of_the_moment_of_the_review_was_reviewed() -> None:
    at_review = [session_of(25), *(session_of(day) for day in (24, 20, 16, 12, 9))]

    assert rules(history(*at_review, reviewed_days_ago=25)) == []


def test_session_that_began_before_the_review_was_reviewed() -> None:
    parts = [session_of(25.01, 24.99), *(session_of(day) for day in (24, 20, 16, 12, 9))]

    assert rules(history(*parts, reviewed_days_ago=25)) == []


@pytest.mark.parametrize(("mg", "above"), [("34", False), ("34.001", True)])
def test_ratio_takes_all_parts_and_the_weight_the_session_began_with(mg: str, above: bool) -> None:
    """Twice 34 mg at 68 kg, then 34 mg at 34 kg is the same per kilogram."""
    first, second = session_of(5, 4.99)
    last = [first, replace(second, weight_kg=Decimal(34))]
    equivalent = Decimal(mg) * Decimal("0.93")

    assert ratio_above(equivalent, Decimal(34), Decimal(1), last) is above
