"""Discharge: only when every criterion holds; each that fails is named."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kairos_events.intake import SafetyConcernAcknowledgedV1
from kairos_events.scheduling.credential_recorded_v1 import CredentialStatus

from .clinic import ALDRETE, WELL, Clinic


async def watched(clinic: Clinic, minutes: int = 120, **last: Any) -> None:
    """Dosed, alert since minute 100, and seen last at `minutes`."""
    await clinic.dosed()
    start = clinic.service.clock.now()
    await clinic.watched_at(start, 30, 60)
    clinic.service.clock.at = start + timedelta(minutes=100)
    await clinic.observe(WELL)
    clinic.service.clock.at = start + timedelta(minutes=minutes)
    answer = await clinic.observe({**WELL, **last})
    assert answer.status_code == 201, answer.text


async def test_all_criteria_met_with_escort_discharges(clinic: Clinic) -> None:
    await watched(clinic)

    answer = await clinic.discharge()

    assert answer.json()["state"] == "discharged"
    events = await clinic.service.outboxed(clinic.network)
    (event,) = [one for one in events if one.type == "dosing.session_discharged.v1"]
    assert event.data["first_dose_at"] == event.data["last_dose_at"]


async def test_escort_is_there_in_person(clinic: Clinic) -> None:
    """10b #4: all criteria met at 121 minutes, escort absent."""
    await watched(clinic, 121)

    absent = await clinic.discharge(escort={"present": False, "id_document": None})
    unknown = await clinic.discharge(escort={"present": True, "id_document": None})

    assert absent.json()["rules"] == ["escort_absent", "escort_not_identified"]
    assert unknown.json()["rules"] == ["escort_not_identified"]
    assert "dosing.session_discharged.v1" not in await clinic.types()


async def test_watch_is_not_over_a_second_early(clinic: Clinic) -> None:
    await watched(clinic, 119)
    clinic.service.clock.advance(timedelta(seconds=59))

    assert (await clinic.discharge()).json()["rules"] == ["minimum_watch"]

    clinic.service.clock.advance(timedelta(seconds=1))
    assert (await clinic.discharge()).status_code == 200


@pytest.mark.parametrize(
    ("readings", "rules"),
    [
        ({"aldrete": {**ALDRETE, "activity": 1, "circulation": 1}}, ["aldrete"]),
        ({"aldrete": {**ALDRETE, "activity": 0}}, ["aldrete"]),
        ({"moaas": 4}, ["moaas"]),
        ({"systolic_mmhg": 150, "diastolic_mmhg": 80}, ["blood_pressure"]),
        ({"spo2_percent": 95}, ["spo2"]),
        ({"cadss6": 3}, ["cadss6"]),
        ({"orientation": 3}, ["orientation"]),
        ({"gait_steady": False}, ["gait"]),
        ({"nausea": 2}, ["nausea"]),
        ({"systolic_mmhg": 148}, ["blood_pressure"]),  # near the baseline, and still rising
        ({"spo2_percent": 96, "cadss6": 2, "systolic_mmhg": 140}, []),
    ],
)
async def test_each_sign_holds_alone(
    clinic: Clinic, readings: dict[str, Any], rules: list[str]
) -> None:
    await watched(clinic, **readings)

    answer = await clinic.discharge()

    assert answer.json().get("rules", []) == rules


async def test_signs_not_taken_do_not_count_as_good(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(minutes=120))

    answer = await clinic.discharge(no_driving_agreed=False, new_suicidal_ideation=True)

    assert answer.json()["rules"] == [
        "minimum_watch",  # time in which nobody looked does not count
        "vitals_stale",
        "aldrete",
        "moaas",
        "blood_pressure",
        "spo2",
        "cadss6",
        "orientation",
        "gait",
        "nausea",
        "no_driving",
        "suicide_screen",
    ]


async def test_one_alert_reading_is_not_two(clinic: Clinic) -> None:
    await clinic.dosed()
    await clinic.watched_at(clinic.service.clock.now(), 30, 60, 90, readings={"heart_rate_bpm": 72})
    clinic.service.clock.advance(timedelta(minutes=30))
    await clinic.observe(WELL)
    assert (await clinic.discharge()).json()["rules"] == ["moaas"]
    clinic.service.clock.advance(timedelta(minutes=14))
    await clinic.observe(WELL)
    assert (await clinic.discharge()).json()["rules"] == ["moaas"]
    clinic.service.clock.advance(timedelta(minutes=1))
    await clinic.observe(WELL)
    assert (await clinic.discharge()).status_code == 200


async def test_unreconciled_draw_keeps_the_session_open(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await clinic.give(draw)
    body = {"amount_mg": "1", "reason": "residue"}
    asked = await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/wastes", body)
    start = clinic.service.clock.now()
    for minutes in (30, 60, 90, 100, 120):
        clinic.service.clock.at = start + timedelta(minutes=minutes)
        await clinic.observe(WELL)

    assert (await clinic.discharge()).json()["rules"] == ["draw_unreconciled"]

    path = f"/v1/wastes/{asked.json()['id']}/witness"
    await clinic.post(clinic.park, path, {"amount_mg": "1"})
    assert (await clinic.discharge()).status_code == 200


async def test_discharge_needs_the_version_that_was_read(clinic: Clinic) -> None:
    path = f"/v1/sessions/{clinic.session}/discharge"
    body = {
        "escort": {"present": True, "id_document": "passport"},
        "instructions_given": True,
        "crisis_number_given": True,
        "no_driving_agreed": True,
        "new_suicidal_ideation": False,
    }

    missing = await clinic.post(clinic.ortiz, path, body)
    stale = await clinic.post(clinic.ortiz, path, body, **{"If-Match": '"v9"'})
    current = await clinic.post(clinic.ortiz, path, body, **{"If-Match": '"v1"'})

    assert [missing.status_code, stale.status_code] == [428, 412]
    assert current.json()["rules"][:2] == ["session_not_monitored", "minimum_watch"]


async def test_dosed_session_cannot_be_aborted(clinic: Clinic) -> None:
    await clinic.dosed()
    etag = (await clinic.get(f"/v1/sessions/{clinic.session}")).headers["ETag"]
    path = f"/v1/sessions/{clinic.session}/abortion"

    answer = await clinic.post(clinic.ortiz, path, {"reason": "other"}, **{"If-Match": etag})

    assert answer.json()["type"] == "urn:kairos:problem:illegal_move"


async def test_alertness_of_an_hour_ago_says_nothing_now(clinic: Clinic) -> None:
    await clinic.dosed()
    start = clinic.service.clock.now()
    for minutes in (40, 60):
        clinic.service.clock.at = start + timedelta(minutes=minutes)
        await clinic.observe(WELL)
    await clinic.watched_at(start, 90, readings={"heart_rate_bpm": 72})
    clinic.service.clock.at = start + timedelta(minutes=120)
    await clinic.observe({name: value for name, value in WELL.items() if name != "moaas"})

    assert (await clinic.discharge()).json()["rules"] == ["moaas"]

    await clinic.observe({"moaas": 5})
    assert (await clinic.discharge()).status_code == 200


async def test_patient_with_an_open_safety_concern_stays(clinic: Clinic) -> None:
    """Clinical 4: at high risk nobody is left alone."""
    await watched(clinic)
    concern = await clinic.worry()

    assert (await clinic.discharge()).json()["rules"] == ["safety_concern_open"]

    cleared = SafetyConcernAcknowledgedV1(
        concern_id=concern.concern_id,
        patient_id=clinic.patient,
        acknowledged_by=clinic.lee,
        acknowledged_at=clinic.service.clock.now(),
        blocks_dosing=False,
    )
    await clinic.service.deliver(cleared, clinic.network)
    assert (await clinic.discharge()).status_code == 200


async def test_who_signs_the_discharge_is_licensed_today(clinic: Clinic) -> None:
    await watched(clinic)
    await clinic.credit(clinic.ortiz, "nursing_licence", status=CredentialStatus.SUSPENDED)

    suspended = await clinic.discharge()
    stranger = await clinic.discharge(who=uuid4())
    handed_over = await clinic.discharge(who=clinic.park)

    assert suspended.json()["type"] == "urn:kairos:problem:not_licensed"
    assert stranger.json()["type"] == "urn:kairos:problem:not_licensed"
    assert handed_over.status_code == 200
