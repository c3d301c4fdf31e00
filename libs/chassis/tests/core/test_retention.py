"""Records go when their schedule lets them, and a legal hold keeps them whatever it says."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_chassis import data
from kairos_chassis.retention import (
    NoSchedule,
    Retention,
    StillKept,
    platform_retention,
    retention_from,
    retention_of,
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


def test_state_whose_law_says_more_keeps_more() -> None:
    kept = platform_retention()
    assert kept.of("chart", "MA").keep_years == 20
    assert kept.of("chart", None).keep_years == 10
    with pytest.raises(StillKept) as still:
        kept.admit_erasure("chart", "MA", today=date(2030, 1, 1), counted_from=SEEN)
    assert still.value.members["rules"] == ["retention.chart"]


def test_site_keeps_longer_than_its_state_and_never_shorter() -> None:
    site, other = str(uuid4()), uuid4()
    longer = schedule(keep_years=15, site=site)
    overlaid = platform_retention().overlaid(of(schedule(), longer))
    assert overlaid.of("chart", "CO", UUID(site)).keep_years == 15
    assert overlaid.of("chart", "CO", other).keep_years == 12
    assert overlaid.of("chart", "TX", UUID(site)).keep_years == 10
    with pytest.raises(ValueError, match="shorter"):  # than its own state
        platform_retention().overlaid(of(schedule(), schedule(keep_years=11, site=site)))
    with pytest.raises(ValueError, match="shorter"):  # than a state that the platform knows
        everywhere = schedule(state="*", keep_years=12, site=site)
        platform_retention().overlaid(of(everywhere, schedule(state="MA", keep_years=19)))


def test_network_s_own_schedules_are_of_that_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, other = uuid4(), uuid4()
    assert retention_of(network).of("chart", "CO").keep_years == 10
    file = tmp_path / "retention.toml"
    text = """
        version = 3
        [[network]]
        id = "{network}"
        [[network.schedule]]
        kind = "chart"
        state = "CO"
        keep_years = {years}
        minors_until_age = 28
        counted_from = "last_activity"
        afterwards = "erase"
        source = "our counsel"
    """
    file.write_text(text.format(network=network, years=12))
    monkeypatch.setenv("KAIROS_RETENTION_FILE", str(file))
    assert retention_of(network).of("chart", "CO").keep_years == 12
    assert retention_of(other).of("chart", "CO").keep_years == 10
    shorter = tmp_path / "shorter.toml"
    shorter.write_text(text.format(network=network, years=9))
    monkeypatch.setenv("KAIROS_RETENTION_FILE", str(shorter))
    with pytest.raises(ValueError, match="shorter"):
        retention_of(network)


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
    document = data.read("retention_v2.toml")
    assert all(one["source"] for one in document["schedule"])
    assert document["break_glass"]["source"]
