"""The gate's facts at their limits: what is equal counts as equal, what only resembles it does not.

Beside the table in `test_gate_rules.py`, which breaks each rule alone.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from dosing.domain import baseline, clearance, gate, oximetry
from dosing.domain.baseline import Pregnancy
from dosing.domain.clearance import Projected, RouteClearance
from dosing.domain.elapsed import Anchor, since_first
from dosing.domain.errors import SamePerson

from .makers import NOW, said
from .test_gate_rules import ESK, confirmed, glass, good, ordered
from .test_limits import OXIMETRY, after, saturation
from .test_machines import IM, PEOPLE

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def same(moment: datetime) -> datetime:
    """An equal moment, and another object."""
    return moment + timedelta(0)


# --- the second person ----------------------------------------------------------------------------


def checked(**changes: Any) -> tuple[str, ...]:
    facts = good()
    return gate.failing(replace(facts, checks=[replace(facts.checks[0], **changes)]))


@pytest.mark.parametrize("other", [PEOPLE[0], PEOPLE[2], UUID(int=2**128 - 1)])
def test_second_person_is_anybody_else(other: UUID) -> None:
    assert checked(checked_by=other) == ()


def test_second_person_is_not_the_giver_under_another_copy_of_the_id() -> None:
    assert checked(checked_by=UUID(str(PEOPLE[1]))) == ("second_person_check_missing",)


@pytest.mark.parametrize("amount", ["33.999", "34.001"])
def test_check_of_another_amount_is_none(amount: str) -> None:
    assert checked(amount_mg=Decimal(amount)) == ("second_person_check_missing",)


def test_check_of_the_same_amount_written_otherwise_counts() -> None:
    assert checked(amount_mg=Decimal("34.000")) == ()


@pytest.mark.parametrize("other", ["another", "zzz"])
def test_product_is_the_one_ordered(other: str) -> None:
    assert gate.failing(ordered(good(), product=other)) == ("product_not_ordered",)


def test_first_check_that_covers_the_dose_makes_it_ready() -> None:
    """A later one does not put it off."""
    facts = good()
    later = replace(facts.checks[0], checked_at=NOW + 5 * MINUTE)

    assert gate.prepared_at(replace(facts, checks=[facts.checks[0], later])) == NOW


def test_nobody_breaks_the_glass_alone() -> None:
    asked = glass(asked_by=PEOPLE[1])

    for other in (PEOPLE[0], PEOPLE[2]):
        asked.check_second(other)
    with pytest.raises(SamePerson):
        asked.check_second(UUID(str(PEOPLE[1])))


# --- clearance ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires_at", "cleared"),
    [(None, True), (NOW + MINUTE, True), (NOW, False), (same(NOW), False), (NOW - MINUTE, False)],
)
def test_clearance_ends_when_it_expires(expires_at: datetime | None, cleared: bool) -> None:
    route = RouteClearance(cleared=True, reasons=(), expires_at=expires_at)
    known = Projected(version=1, changed_at=NOW, route=route)

    assert known.cleared_at(NOW) is cleared


@pytest.mark.parametrize(
    ("until", "rules"),
    [
        (NOW + MINUTE, ()),
        (same(NOW), ("clearance_confirmation_expired",)),
        (NOW - MINUTE, ("clearance_confirmation_expired",)),
    ],
)
def test_confirmation_is_good_until_its_moment(until: datetime, rules: tuple[str, ...]) -> None:
    assert clearance.failing(confirmed(valid_until=until), good().known, NOW) == rules


# --- what was asked -------------------------------------------------------------------------------


def asked(protocol: Any, **changes: Any) -> list[str]:
    limits = protocol.baseline
    return list(baseline.failing(said(**changes), limits, NOW, today=NOW.date(), first=True))


def test_longer_ago_than_asked_for_is_long_enough() -> None:
    assert asked(IM, last_alcohol_at=NOW - 25 * HOUR) == []
    assert asked(ESK, medications={"nasal_decongestant": NOW - 2 * HOUR}) == []


def test_pregnancy_test_of_today_counts() -> None:
    assert asked(IM, pregnancy=Pregnancy.NEGATIVE, pregnancy_tested_on=NOW.date()) == []


# --- pulse oximetry -------------------------------------------------------------------------------


def test_any_score_at_or_below_the_limit_is_sedated() -> None:
    for score, sedated in ((5, False), (4, True), (3, True), (0, True)):
        assert oximetry.sedated([after(score)], OXIMETRY) is sedated


def test_saturation_sent_a_minute_ago_is_an_oximeter_and_no_other_sign_is() -> None:
    named_alike = "".join(["spo2", "_percent"])

    assert not oximetry.missing(after(4), [saturation(60, named_alike)], OXIMETRY, NOW)
    for kind in ("heart_rate_bpm", "systolic_mmhg"):
        assert oximetry.missing(after(4), [saturation(60, kind)], OXIMETRY, NOW)


def test_silent_oximeter_stops_drug_at_once() -> None:
    assert oximetry.RULE.stops_drug
    assert oximetry.RULE.lasting == timedelta(0)


# --- time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("boots", [("a", "b"), ("b", "a")])
def test_ticks_of_another_boot_say_nothing(boots: tuple[str, str]) -> None:
    first = Anchor(boot=boots[0], ticks_ms=1_000, at=NOW)
    later = Anchor(boot=boots[1], ticks_ms=61_000, at=NOW + HOUR)
    same_boot = replace(later, boot="".join(list(boots[0])))

    assert since_first([first], later) == HOUR
    assert since_first([first], same_boot) == MINUTE
