"""A safety concern that nobody takes up climbs, also across restarts; one taken up does not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from intake.data.policy import checked, policy
from intake.domain.concern import Severity
from intake.domain.escalation import Step
from intake.publish import HIGHEST_STEP

from .steps import Clinic


async def escalations(clinic: Clinic) -> list[tuple[int, str]]:
    events = await clinic.service.outboxed(clinic.network)
    return [
        (e.data["step"], e.data["notify"])
        for e in events
        if e.type == "intake.safety_concern_escalated.v1"
    ]


async def raised(clinic: Clinic) -> dict[str, Any]:
    await clinic.register()
    screener = await clinic.start("cssrs_screener")
    await clinic.answer(screener, "q5", 1)
    (concern,) = await clinic.concerns()
    return concern


async def test_concern_nobody_takes_up_climbs_every_step_and_then_repeats(clinic: Clinic) -> None:
    await raised(clinic)

    for minutes in (4, 5, 15, 30, 45, 60):
        clinic.service.clock.at += timedelta(minutes=minutes) - (
            clinic.service.clock.at - clinic_start(clinic)
        )
        await clinic.service.run_due()

    assert await escalations(clinic) == [
        (1, "charge_nurse"),
        (2, "on_call_prescriber"),
        (3, "medical_director"),
        (4, "medical_director"),
        (5, "medical_director"),
    ]
    (concern,) = await clinic.concerns()
    assert (concern["escalation_step"], concern["blocks_dosing"]) == (5, True)


def clinic_start(clinic: Clinic) -> Any:
    return clinic.service.clock.at.replace(hour=12, minute=0)


async def test_concern_taken_up_in_time_never_climbs(clinic: Clinic) -> None:
    concern = await raised(clinic)
    await clinic.on_concern(concern, "acknowledgement", "assessed_in_person")

    clinic.service.clock.at += timedelta(days=1)
    await clinic.service.run_due()

    assert await escalations(clinic) == []


async def test_concern_taken_up_late_climbs_no_further(clinic: Clinic) -> None:
    concern = await raised(clinic)
    clinic.service.clock.at += timedelta(minutes=6)
    await clinic.service.run_due()
    await clinic.on_concern(concern, "acknowledgement", "assessed_in_person")

    clinic.service.clock.at += timedelta(days=1)
    await clinic.service.run_due()

    assert await escalations(clinic) == [(1, "charge_nurse")]


async def test_worker_that_was_away_catches_up_one_step_after_the_other(clinic: Clinic) -> None:
    await raised(clinic)

    clinic.service.clock.at += timedelta(minutes=20)  # nobody ran the worker meanwhile
    await clinic.service.run_due()

    assert await escalations(clinic) == [(1, "charge_nurse"), (2, "on_call_prescriber")]


async def test_worker_that_was_away_for_days_tells_each_step_once_and_no_storm(
    clinic: Clinic,
) -> None:
    await raised(clinic)

    clinic.service.clock.at += timedelta(days=4)
    await clinic.service.run_due()

    steps = [(1, "charge_nurse"), (2, "on_call_prescriber"), (3, "medical_director")]
    assert await escalations(clinic) == steps
    clinic.service.clock.at += timedelta(minutes=16)
    await clinic.service.run_due()
    assert await escalations(clinic) == [*steps, (4, "medical_director")]


def test_every_severity_has_a_clock_attended_or_not() -> None:
    assert {(e.severity, e.unattended) for e in policy().escalations} == {
        (severity, alone) for severity in Severity for alone in (True, False)
    }


def test_policy_without_a_clock_for_a_severity_is_refused() -> None:
    shorter = replace(policy(), escalations=policy().escalations[1:])
    backwards = replace(
        policy().escalations[0],
        steps=(Step(after_minutes=5, notify="a"), Step(after_minutes=5, notify="b")),
    )
    for broken in (shorter, replace(policy(), escalations=(backwards, *policy().escalations[1:]))):
        with pytest.raises(ValueError, match="policy"):
            checked(broken)


async def test_concern_that_nobody_answers_for_days_never_falls_silent(clinic: Clinic) -> None:
    """Beyond the highest step that the event can name."""
    await clinic.register()
    await clinic.answer(await clinic.start("cssrs_screener"), "q5", 1)
    for _ in range(HIGHEST_STEP + 2):
        clinic.service.clock.advance(timedelta(minutes=20))
        await clinic.service.run_due()
    told = [e for e in await clinic.service.outboxed(clinic.network) if "escalated" in e.type]
    assert len(told) > HIGHEST_STEP
    assert told[-1].data["step"] == HIGHEST_STEP
