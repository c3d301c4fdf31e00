"""Whole courses: proposed with reasons, booked all or nothing, repaired with the fewest moves."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_events.fields import Route
from kairos_events.intake import ClearanceChangedV1
from kairos_events.intake.clearance_changed_v1 import RouteClearance

from .clinic import Clinic, slug
from .test_search import open_hours

STARTS_ON = "2027-03-02"


async def cleared_for_all(clinic: Clinic) -> UUID:
    """A patient who may be dosed by every route."""
    patient, now = uuid4(), clinic.service.clock.now()
    routes = tuple(
        RouteClearance(
            route=route,
            cleared=True,
            reasons=(),
            expires_at=now + timedelta(days=365),
            extra_monitoring=(),
        )
        for route in Route
    )
    event = ClearanceChangedV1(
        patient_id=patient, clearance_version=1, changed_at=now, routes=routes
    )
    await clinic.service.deliver(event, clinic.network)
    return patient


async def second_site(clinic: Clinic) -> str:
    """Clinic B, where the same therapist works as well."""
    body = {"name": "South", "zone": "America/Denver", "state": "CO"}
    site = await clinic.make("/v1/sites", body)
    await clinic.make(f"/v1/sites/{site}/rooms", {"name": "Green"})
    days = [{"weekday": n, "opens_at": "09:00", "closes_at": "17:00"} for n in range(1, 6)]
    week = {"valid_from": "2027-01-01", "week": days}
    await clinic.post(f"/v1/sites/{site}/hours", week, "ops_admin")
    path = f"/v1/practitioners/{clinic.staff['therapist']}/hours"
    await clinic.post(path, {**week, "site_id": site}, "ops_admin")
    return site


def wish(clinic: Clinic, patient: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "patient_id": str(patient),
        "protocol": "im_then_lozenge",
        "starts_on": STARTS_ON,
        "site_ids": [clinic.site],
        **changes,
    }


async def test_reference_course_on_two_sites_is_booked_by_one_call(clinic: Clinic) -> None:
    await open_hours(clinic)
    other = await second_site(clinic)
    patient = await cleared_for_all(clinic)
    body = wish(clinic, patient, step_sites={"integration_lozenge_2": other})

    answer = await clinic.post("/v1/planned-courses", body, "front_desk")

    assert answer.status_code == 201, answer.text
    steps = answer.json()["steps"]
    assert len(steps) == 13
    assert steps["integration_lozenge_2"]["site_id"] == other
    assert {one["state"] for one in steps.values()} == {"booked"}
    assert [steps[f"im_{n}"]["one_to_one"] for n in (1, 2, 3)] == [True, False, False]
    for n in (1, 2, 3):
        dose = datetime.fromisoformat(steps[f"im_{n}"]["starts_at"])
        talk = datetime.fromisoformat(steps[f"integration_im_{n}"]["starts_at"])
        assert timedelta(0) < talk - dose <= timedelta(hours=24)
    types = Counter(await clinic.types())
    assert types == {"scheduling.visit_booked.v1": 13}
    course = await clinic.get(f"/v1/courses/{answer.json()['id']}")
    assert course.json() == answer.json()


async def test_proposals_give_a_choice_with_reasons_and_book_nothing(clinic: Clinic) -> None:
    await open_hours(clinic)
    patient = await cleared_for_all(clinic)

    made = await clinic.post("/v1/course-proposals", wish(clinic, patient), "front_desk")

    assert made.status_code == 201, made.text
    options = made.json()["options"]
    assert options[0]["aim"] == "continuity"
    reasons = {one["code"]: one for one in options[0]["reasons"]}
    assert reasons["same_therapist"]["count"] == 13
    assert await clinic.service.rows("visit", clinic.network) == []
    choice = {"proposal_id": made.json()["id"], "option": 1}
    booked = await clinic.post("/v1/courses", choice, "front_desk")
    assert booked.status_code == 201, booked.text
    assert {code: one["starts_at"] for code, one in booked.json()["steps"].items()} == {
        one["step"]: one["starts_at"] for one in options[0]["visits"]
    }


async def test_course_with_one_slot_lost_books_nothing(clinic: Clinic) -> None:
    await open_hours(clinic)
    patient = await cleared_for_all(clinic)
    made = await clinic.post("/v1/course-proposals", wish(clinic, patient), "front_desk")
    planned = {one["step"]: one for one in made.json()["options"][0]["visits"]}
    rival = clinic.dosing(await clinic.cleared_patient(), starts_at=planned["im_3"]["starts_at"])
    assert (await clinic.book(rival)).status_code == 201

    choice = {"proposal_id": made.json()["id"], "option": 1}
    answer = await clinic.post("/v1/courses", choice, "front_desk")

    assert (slug(answer), answer.json()["steps"]) == ("course_slot_taken", ["im_3"])
    assert len(await clinic.service.rows("visit", clinic.network)) == 1
    assert len(await clinic.types()) == 1


async def test_course_of_a_patient_not_cleared_is_refused(clinic: Clinic) -> None:
    await open_hours(clinic)

    answer = await clinic.post(
        "/v1/planned-courses", wish(clinic, await clinic.cleared_patient()), "front_desk"
    )

    assert slug(answer) == "not_cleared"  # the lozenge's route
    assert await clinic.service.rows("visit", clinic.network) == []


async def test_what_the_patient_cannot_is_kept_or_named(clinic: Clinic) -> None:
    await open_hours(clinic)
    patient = await cleared_for_all(clinic)
    mornings = wish(clinic, patient, latest="12:00")

    kept = await clinic.post("/v1/course-proposals", mornings, "front_desk")
    never = await clinic.post(
        "/v1/course-proposals", {**mornings, "weekdays": [6, 7]}, "front_desk"
    )

    local = {
        datetime.fromisoformat(one["starts_at"]).astimezone(UTC).hour
        for one in kept.json()["options"][0]["visits"]
    }
    assert max(local) <= 19, "12 o'clock in Denver"
    assert slug(never) == "course_infeasible"
    assert never.json()["rules"] == ["patient_constraints"]


async def test_moving_one_visit_keeps_the_rules_or_is_refused(clinic: Clinic) -> None:
    await open_hours(clinic)
    course = await clinic.post(
        "/v1/planned-courses", wish(clinic, await cleared_for_all(clinic)), "front_desk"
    )
    talk = course.json()["steps"]["integration_im_1"]
    later = datetime.fromisoformat(talk["starts_at"]) + timedelta(days=7)
    body = {
        "site_id": talk["site_id"],
        "room_id": talk["room_id"],
        "starts_at": later.isoformat(),
        "staff": talk["staff"],
        "reason": "patient_request",
    }

    answer = await clinic.post(
        f"/v1/visits/{talk['id']}/move", body, "front_desk", **{"If-Match": '"v1"'}
    )

    assert (slug(answer), answer.json()["rules"]) == (
        "course_rules_broken",
        ["next_day_integration"],
    )


@pytest.mark.parametrize("step", ["integration_im_1", "lozenge_3"])
async def test_smallest_repair_is_proposed_and_applied_at_once(clinic: Clinic, step: str) -> None:
    await open_hours(clinic)
    booked = await clinic.post(
        "/v1/planned-courses", wish(clinic, await cleared_for_all(clinic)), "front_desk"
    )
    course, before = booked.json()["id"], booked.json()["steps"]
    gone = {key: before[step][key] for key in ("starts_at", "ends_at")}

    made = await clinic.post(
        f"/v1/courses/{course}/repairs",
        {"visit_id": before[step]["id"], "unavailable": [gone]},
        "front_desk",
    )
    assert made.status_code == 201, made.text
    choice = {"proposal_id": made.json()["id"], "option": 1}
    path = f"/v1/courses/{course}/repairs/application"
    applied = await clinic.post(path, choice, "front_desk")

    assert applied.status_code == 200, applied.text
    after = applied.json()["steps"]
    moved = {code for code in after if after[code]["starts_at"] != before[code]["starts_at"]}
    assert moved == {step}
    assert after[step]["version"] == 2
