"""The reference course, IM and then lozenges at two clinics, is booked by one call."""

from __future__ import annotations

import pytest
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform

from .books import rows, unfinished

pytestmark = pytest.mark.timeout(420)


def test_every_step_of_the_course_goes_as_expected(planned: Played) -> None:
    assert [step.fault for step in planned.steps if step.fault] == []
    assert planned.well, planned.fault


async def test_course_is_there_whole_and_announced(platform: Platform, planned: Played) -> None:
    (course,) = await rows(platform, "scheduling", planned.network, "SELECT * FROM course")
    steps = await rows(
        platform,
        "scheduling",
        planned.network,
        "SELECT s.code, v.site_id, v.route FROM course_step s JOIN visit v ON v.id = s.visit_id"
        " ORDER BY v.starts_at",
    )
    ids = planned.world.ids
    assert (str(course["id"]), str(course["patient_id"])) == (ids["course"], ids["patient"])
    assert [one["route"] for one in steps if one["route"]] == ["im"] * 3 + ["sublingual"] * 3
    assert {str(one["site_id"]) for one in steps} == {ids["site_A"], ids["site_B"]}
    assert planned.events.count("scheduling.visit_booked.v1") == len(steps) + 3  # and the series
    assert await unfinished(platform, planned.network) == {}
