"""Records go when their schedule lets them, and a legal hold keeps them whatever it says."""

from datetime import date
from typing import Any

import pytest
from kairos_chassis import data
from kairos_chassis.retention import (
    NoSchedule,
    Retention,
    StillKept,
    platform_retention,
    retention_from,
)

SEEN = date(2017, 3, 1)


def schedule(**changes: Any) -> dict[str, Any]:
    given = {
        "kind": "chart",
        "state": "CO",
        "keep_years": 12,
        "counted_from": "last_activity",
        "minors_until_age": 28,
        "afterwards": "erase",
        "source": "a law",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def of(*schedules: dict[str, Any]) -> Retention:
    return retention_from({"version": 2, "schedule": list(schedules)})


def test_chart_is_kept_through_its_last_day() -> None:
    kept = platform_retention()
    with pytest.raises(StillKept) as refusal:
        kept.admit_erasure("chart", "CO", today=date(2027, 3, 1), counted_from=SEEN)
    assert refusal.value.members == {"rules": ["retention.chart"], "keep_until": "2027-03-01"}
    assert kept.admit_erasure("chart", "CO", today=date(2027, 3, 2), counted_from=SEEN) == "erase"


def test_legal_hold_outweighs_the_schedule_and_every_reason_is_named() -> None:
    kept, late = platform_retention(), date(2099, 1, 1)
    with pytest.raises(StillKept) as refusal:
        kept.admit_erasure("chart", "CO", today=late, counted_from=SEEN, holds=["subpoena"])
    assert refusal.value.members["rules"] == ["legal_hold.subpoena"]
    with pytest.raises(StillKept) as both:
        kept.admit_erasure("chart", "CO", today=SEEN, counted_from=SEEN, holds=["subpoena"])
    assert both.value.members["rules"] == ["legal_hold.subpoena", "retention.chart"]


def test_minor_s_chart_is_kept_until_they_are_grown() -> None:
    chart = platform_retention().of("chart", "CO")
    assert chart.keep_until(SEEN, born_on=date(2010, 5, 6)) == date(2038, 5, 6)
    assert chart.keep_until(SEEN, born_on=date(1970, 5, 6)) == date(2027, 3, 1)


def test_leap_day_lets_nothing_go_early() -> None:
    assert platform_retention().of("chart", "CO").keep_until(date(2020, 2, 29)) == date(2030, 3, 1)
    assert of(schedule(keep_years=4)).of("chart", "CO").keep_until(date(2020, 2, 29)) == date(
        2024, 2, 29
    )


def test_kind_without_a_schedule_is_not_erased_by_guesswork() -> None:
    with pytest.raises(NoSchedule):
        platform_retention().of("diary", "CO")


def test_state_outweighs_the_rest_and_a_network_may_keep_longer_only() -> None:
    overlaid = platform_retention().overlaid(of(schedule()))
    assert overlaid.of("chart", "CO").keep_years == 12
    assert overlaid.of("chart", "TX").keep_years == 10
    with pytest.raises(ValueError, match="shorter"):
        platform_retention().overlaid(of(schedule(keep_years=9)))
    with pytest.raises(ValueError, match="shorter"):  # for minors
        platform_retention().overlaid(of(schedule(minors_until_age=None)))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"source": ""},
        {"keep_years": None},
        {"keep_years": 0},
        {"afterwards": "forget"},
        {"keep_month": 3},
    ],
)
def test_schedule_that_cannot_be_relied_on_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"schedule|afterwards"):
        of(schedule(**spoilt))


def test_two_schedules_for_one_thing_are_refused() -> None:
    with pytest.raises(ValueError, match="two schedules"):
        of(schedule(), schedule())


def test_every_figure_names_its_source() -> None:
    document = data.read("retention_v1.toml")
    assert all(one["source"] for one in document["schedule"])
    assert document["break_glass"]["source"]
