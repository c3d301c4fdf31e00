"""Observations: strict numbers at believable times, and a schedule that shows what is late."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from .clinic import GOOD, Clinic


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"systolic_mmhg": "181"}, "invalid_payload"),
        ({"systolic_mmhg": 124.5}, "invalid_payload"),
        ({"systolic_mmhg": True}, "invalid_payload"),
        ({"surprise": 1}, "invalid_payload"),
        ({"moaas": 6}, "invalid_payload"),
        ({"systolic_mmhg": 0}, "implausible_reading"),
        ({"systolic_mmhg": None}, "implausible_reading"),
        ({"systolic_mmhg": 76, "diastolic_mmhg": 124}, "implausible_reading"),
        ({"spo2_percent": 9}, "implausible_reading"),
        (dict.fromkeys([*GOOD, "baseline", "oximetry_continuous"]), "implausible_reading"),
    ],
)
async def test_unfit_reading_is_refused_and_leaves_nothing(
    clinic: Clinic, change: dict[str, Any], slug: str
) -> None:
    answer = await clinic.observe({**GOOD, **change})

    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:kairos:problem:{slug}"
    assert await clinic.service.rows("observation", clinic.network) == []
    assert await clinic.types() == ["dosing.session_opened.v1"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999"])
async def test_not_a_number_is_not_json(clinic: Clinic, text: str) -> None:
    now = clinic.service.clock.now().isoformat()
    body = f'{{"observed_at": "{now}", "systolic_mmhg": {text}, "diastolic_mmhg": 76}}'
    path = f"/v1/sessions/{clinic.session}/observations"

    async with clinic.service.client("nurse", network=clinic.network) as client:
        answer = await client.post(path, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert await clinic.service.rows("observation", clinic.network) == []


@pytest.mark.parametrize("seconds", [31, -1])
async def test_time_lies_between_the_session_and_now(clinic: Clinic, seconds: int) -> None:
    at = (clinic.service.clock.now() + timedelta(seconds=seconds)).isoformat()

    answer = await clinic.observe(observed_at=at)

    assert answer.json()["type"] == "urn:kairos:problem:impossible_time"


async def test_late_observation_warns_then_escalates(clinic: Clinic) -> None:
    await clinic.dosed()
    start = clinic.service.clock.now()
    seen = {}
    for minutes in (9, 10, 15, 20):
        clinic.service.clock.at = start + timedelta(minutes=minutes)
        seen[minutes] = await states(clinic)
    await clinic.observe()

    assert seen[9][10] == "upcoming"
    assert seen[10][10] == "due"
    assert seen[15][10] == "overdue"
    assert seen[20][10] == "escalated"
    now = await states(clinic)
    assert (now[0], now[10], now[20], now[30]) == ("done", "escalated", "done", "upcoming")


async def states(clinic: Clinic) -> dict[int, str]:
    session = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    return {due["minute"]: due["state"] for due in session["schedule"]}


async def test_vitals_travel_as_numbers_only(clinic: Clinic) -> None:
    await clinic.observe({**GOOD, "distress": 3, "gait_steady": True})

    event = (await clinic.service.outboxed(clinic.network))[-1]

    assert event.type == "dosing.observation_recorded.v1"
    assert event.data["systolic_mmhg"] == 124
    assert event.data["minutes_since_first_dose"] is None
    assert "distress" not in event.data


async def test_session_over_takes_no_more(clinic: Clinic) -> None:
    path = f"/v1/sessions/{clinic.session}/abortion"
    await clinic.post(clinic.ortiz, path, {"reason": "patient_declined"}, **{"If-Match": '"v1"'})

    answer = await clinic.observe()

    assert answer.json()["type"] == "urn:kairos:problem:session_over"


async def test_readings_taken_between_check_in_and_its_event_count(clinic: Clinic) -> None:
    """The event may be late; the patient was there all the same."""
    arrived = clinic.service.clock.now() - timedelta(minutes=10)
    clinic.session = await clinic.check_in(at=arrived)

    taken = await clinic.observe(observed_at=(arrived + timedelta(minutes=1)).isoformat())
    before = await clinic.observe(observed_at=(arrived - timedelta(minutes=1)).isoformat())

    assert taken.status_code == 201, taken.text
    assert before.json()["type"] == "urn:kairos:problem:impossible_time"
    session = (await clinic.get(f"/v1/sessions/{clinic.session}")).json()
    assert datetime.fromisoformat(session["opened_at"]) == arrived
