"""What a patient's age changes, by intake's word alone: no birth date is known here."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kairos_events.fields import Route

from .clinic import GOOD, Clinic
from .test_baseline import set_up
from .test_watching import broken_glass, fresh


async def known_as(clinic: Clinic, *codes: str) -> None:
    """Intake has decided anew, and says so by event and when it is asked."""
    await clinic.clear(version=2, watch=codes)
    clinic.intake.version = 2
    clinic.intake.extra_monitoring = list(codes)


def pressure(systolic: int, diastolic: int = 90) -> dict[str, Any]:
    return {**GOOD, "systolic_mmhg": systolic, "diastolic_mmhg": diastolic}


async def seen(clinic: Clinic) -> dict[str, Any]:
    view: dict[str, Any] = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    return view


async def test_over_65_a_dose_is_given_at_150_over_90(clinic: Clinic) -> None:
    """Clinical 1, C33, and 3. The limit that holds is shown: it is not raised silently."""
    await known_as(clinic, "over_65")
    await clinic.order()
    await clinic.observe(pressure(150))
    draw = (await clinic.draw()).json()["draw_id"]
    await clinic.check(draw)

    given = await clinic.give(draw)

    assert given.status_code == 201, given.text
    assert given.json()["extra_monitoring"] == ["over_65"]
    assert (await seen(clinic))["pre_dose_systolic_limit_mmhg"] == 150


@pytest.mark.parametrize(
    ("codes", "readings"),
    [
        (("over_65",), pressure(151)),
        (("over_65",), pressure(150, 91)),
        (("older_age",), pressure(141)),  # 65 is not over 65
        ((), pressure(141)),
    ],
)
async def test_above_the_limit_of_the_age_nothing_is_ready_drawn_or_given(
    clinic: Clinic, codes: tuple[str, ...], readings: dict[str, Any]
) -> None:
    await known_as(clinic, *codes)
    await clinic.order()
    await clinic.observe(readings)

    drawn, given = await clinic.draw(), await clinic.give(None)

    assert (await seen(clinic))["state"] == "checked_in"
    assert drawn.json()["rules"] == ["session_not_ready", "pre_dose_bp_hold"]
    assert "pre_dose_bp_hold" in given.json()["rules"]


async def test_age_counts_as_intake_says_it_at_the_dose(clinic: Clinic) -> None:
    """Drawn on what was announced; intake's own word then knows of no such age."""
    await known_as(clinic, "over_65")
    await clinic.order()
    await clinic.observe(pressure(150))
    draw = (await clinic.draw()).json()["draw_id"]
    await clinic.check(draw)
    clinic.intake.extra_monitoring = []

    assert (await clinic.give(draw)).json()["rules"] == ["pre_dose_bp_hold"]
    clinic.intake.extra_monitoring = ["over_65"]
    assert (await clinic.give(draw)).status_code == 201


async def test_nobody_but_intake_says_that_a_patient_is_over_65(clinic: Clinic) -> None:
    await clinic.order(over_65=True)
    await clinic.observe(pressure(141))

    assert (await clinic.draw()).json()["rules"] == ["session_not_ready", "pre_dose_bp_hold"]


async def test_behind_broken_glass_the_age_counts_as_it_was_announced(clinic: Clinic) -> None:
    await known_as(clinic, "over_65", "sedation")
    await clinic.order()
    await clinic.observe(pressure(150))
    draw = (await clinic.draw()).json()["draw_id"]
    await clinic.check(draw)
    await fresh(clinic, timedelta(minutes=5))
    clinic.intake.mode = "broken"
    asked = await broken_glass(clinic, clinic.lee)
    assert asked.status_code == 201, asked.text

    given = await clinic.give(draw)

    assert given.status_code == 201, given.text
    assert given.json()["extra_monitoring"] == ["over_65", "sedation"]


@pytest.mark.parametrize(
    ("codes", "refused"), [(("older_age",), True), (("over_65",), True), ((), False)]
)
async def test_first_esketamine_elsewhere_is_lower_from_65_on_without_anybody_saying_so(
    clinic: Clinic, codes: tuple[str, ...], refused: bool
) -> None:
    """Clinical 1, C32: 28 mg outside the United States, by what intake knows."""
    clinic.site = uuid4()
    await set_up(clinic, "ex_us")
    clinic.route, clinic.product = Route.NASAL_ESKETAMINE, "esketamine_nasal_28mg_2"
    await known_as(clinic, *codes)
    clinic.session = await clinic.check_in()

    answer = await clinic.order("56", "mg")

    assert (answer.status_code == 409) is refused
    if refused:
        assert answer.json()["rules"] == ["above_first_dose"]
        assert (await clinic.order("28", "mg")).status_code == 201
