"""Visits move and end: slots come free, reasons are coded, and others are told."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from .clinic import Clinic, slug


async def change(
    clinic: Clinic, visit: dict[str, Any], verb: str, body: Any = None, *, version: int = 1
) -> httpx.Response:
    path = f"/v1/visits/{visit['id']}/{verb}"
    return await clinic.post(path, body, "front_desk", **{"If-Match": f'"v{version}"'})


def elsewhere(clinic: Clinic, visit: dict[str, Any], **changes: Any) -> dict[str, Any]:
    later = datetime.fromisoformat(visit["starts_at"]) + timedelta(days=1)
    return {
        "site_id": clinic.site,
        "room_id": clinic.room,
        "starts_at": later.isoformat(),
        "staff": clinic.staff,
        "reason": "patient_request",
        **changes,
    }


async def test_cancelled_visit_frees_its_slot_and_says_why(clinic: Clinic) -> None:
    visit = await clinic.booked()
    rival = await clinic.cleared_patient()
    assert (await clinic.book(clinic.dosing(rival))).status_code == 409

    answer = await change(clinic, visit, "cancellation", {"reason": "patient_ill"})

    assert (answer.json()["state"], answer.json()["ended_reason"]) == ("cancelled", "patient_ill")
    event = (await clinic.service.outboxed(clinic.network))[-1]
    assert event.type == "scheduling.visit_cancelled.v1"
    assert (event.data["reason"], event.data["late"]) == ("patient_ill", True)
    assert (await clinic.book(clinic.dosing(rival))).status_code == 201
    (row,) = await clinic.service.rows("visit_change", clinic.network)
    assert (row["change"], row["reason"], row["version"]) == ("cancelled", "patient_ill", 2)


async def test_cancellation_in_good_time_is_not_late(clinic: Clinic) -> None:
    start = clinic.service.clock.now() + timedelta(hours=25)
    visit = await clinic.booked(starts_at=start.isoformat())

    await change(clinic, visit, "cancellation", {"reason": "patient_request"})

    assert (await clinic.service.outboxed(clinic.network))[-1].data["late"] is False


async def test_reason_that_is_not_coded_is_refused(clinic: Clinic) -> None:
    visit = await clinic.booked()

    answer = await change(clinic, visit, "cancellation", {"reason": "did_not_feel_like_it"})

    assert (answer.status_code, slug(answer)) == (422, "unknown_reason")
    assert "patient_ill" in answer.json()["known"]


async def test_ended_visit_stays_ended(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await change(clinic, visit, "cancellation", {"reason": "patient_request"})

    again = await change(clinic, visit, "cancellation", {"reason": "weather"}, version=2)
    moved = await change(clinic, visit, "move", elsewhere(clinic, visit), version=2)

    assert [slug(again), slug(moved)] == ["visit_ended", "visit_ended"]


async def test_moved_visit_takes_the_new_slot_and_gives_the_old_one_back(clinic: Clinic) -> None:
    visit = await clinic.booked()

    answer = await change(clinic, visit, "move", elsewhere(clinic, visit))

    assert answer.status_code == 200, answer.text
    assert answer.json()["local_on"] == "2027-03-02"
    event = (await clinic.service.outboxed(clinic.network))[-1]
    assert event.type == "scheduling.visit_moved.v1"
    assert event.data["was_starts_at"] == visit["starts_at"]
    old = await clinic.book(clinic.dosing(await clinic.cleared_patient()))
    new = clinic.dosing(await clinic.cleared_patient(), starts_at=answer.json()["starts_at"])
    assert (old.status_code, (await clinic.book(new)).status_code) == (201, 409)


async def test_move_into_a_taken_slot_changes_nothing(clinic: Clinic) -> None:
    visit = await clinic.booked()
    wanted = elsewhere(clinic, visit)
    await clinic.booked(starts_at=wanted["starts_at"])

    answer = await change(clinic, visit, "move", wanted)

    assert slug(answer) == "slot_taken"
    kept = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert (kept["starts_at"], kept["version"]) == (visit["starts_at"], 1)
    rival = await clinic.book(clinic.dosing(await clinic.cleared_patient()))
    assert slug(rival) == "slot_taken"


async def test_no_show_waits_for_the_policy_and_frees_the_rest(clinic: Clinic) -> None:
    visit = await clinic.booked()

    early = await change(clinic, visit, "no-show")
    clinic.service.clock.advance(timedelta(hours=1, minutes=30))
    late = await change(clinic, visit, "no-show")

    assert (slug(early), late.json()["state"]) == ("not_missing_yet", "missed")
    assert (await clinic.types())[-1] == "scheduling.visit_missed.v1"


async def test_visit_is_completed_once_it_has_begun(clinic: Clinic) -> None:
    body = clinic.dosing(uuid4(), visit_type="integration", route=None, room_id=None)
    body["staff"] = {"therapist": clinic.staff["therapist"]}
    visit = (await clinic.book(body)).json()

    early = await change(clinic, visit, "completion")
    await change(clinic, visit, "check-in", {"escort_confirmed": False})
    done = await change(clinic, visit, "completion", version=2)

    assert (slug(early), done.json()["state"]) == ("visit_not_begun", "completed")
    assert (await clinic.types())[-1] == "scheduling.visit_completed.v1"


async def test_doses_of_a_patient_keep_their_interval(clinic: Clinic) -> None:
    visit = await clinic.booked()
    patient = UUID(visit["patient_id"])
    first = datetime.fromisoformat(visit["starts_at"])

    def at(hours: int) -> dict[str, Any]:
        return clinic.dosing(patient, starts_at=(first + timedelta(hours=hours)).isoformat())

    too_soon = await clinic.book(at(71))
    in_time = await clinic.book(at(72))

    assert slug(too_soon) == "too_soon_after_dose"
    assert in_time.status_code == 201
    assert slug(await clinic.book(at(72 + 71))) == "too_soon_after_dose"


# --- holds ------------------------------------------------------------------------------------


async def test_held_slot_blocks_until_it_expires_by_itself(clinic: Clinic) -> None:
    patient, rival = await clinic.cleared_patient(), await clinic.cleared_patient()
    held = await clinic.post("/v1/holds", clinic.dosing(patient), "front_desk")
    assert held.status_code == 201, held.text

    assert slug(await clinic.book(clinic.dosing(rival))) == "slot_taken"
    clinic.service.clock.advance(timedelta(minutes=10))
    start = held.json()["starts_at"]

    late = await clinic.post(f"/v1/holds/{held.json()['id']}/booking", None, "front_desk")
    won = await clinic.book(clinic.dosing(rival, starts_at=start))
    assert slug(late) == "hold_over"
    assert won.status_code == 201, "an expired hold blocks although no timer has run"
    await clinic.service.run_due()
    (row,) = await clinic.service.rows("slot_hold", clinic.network)
    assert row["state"] == "expired"


async def test_held_slot_becomes_its_visit_without_a_gap(clinic: Clinic) -> None:
    held = await clinic.post(
        "/v1/holds", clinic.dosing(await clinic.cleared_patient()), "front_desk"
    )
    path = f"/v1/holds/{held.json()['id']}"

    booked = await clinic.post(f"{path}/booking", None, "front_desk")
    again = await clinic.post(f"{path}/booking", None, "front_desk")

    assert booked.status_code == 201, booked.text
    assert slug(again) == "hold_over"
    clinic.service.clock.advance(timedelta(minutes=11))
    await clinic.service.run_due()
    rival = clinic.dosing(await clinic.cleared_patient(), starts_at=held.json()["starts_at"])
    assert slug(await clinic.book(rival)) == "slot_taken"


async def test_hold_of_a_patient_who_lost_clearance_is_not_booked(clinic: Clinic) -> None:
    patient = await clinic.cleared_patient()
    held = await clinic.post("/v1/holds", clinic.dosing(patient), "front_desk")
    await clinic.clear(patient, version=2, cleared=False)

    answer = await clinic.post(f"/v1/holds/{held.json()['id']}/booking", None, "front_desk")

    assert slug(answer) == "not_cleared"


async def test_released_hold_is_free_at_once(clinic: Clinic) -> None:
    held = await clinic.post(
        "/v1/holds", clinic.dosing(await clinic.cleared_patient()), "front_desk"
    )

    released = await clinic.post(f"/v1/holds/{held.json()['id']}/release", None, "front_desk")

    assert released.json()["state"] == "released"
    assert (await clinic.book(clinic.dosing(await clinic.cleared_patient()))).status_code == 201


# --- overbooking ------------------------------------------------------------------------------


def talk(clinic: Clinic, **changes: Any) -> dict[str, Any]:
    body = clinic.dosing(uuid4(), visit_type="integration", route=None, room_id=None, **changes)
    return {**body, "staff": {"therapist": clinic.staff["therapist"]}}


async def test_overbooking_needs_its_role_a_reason_and_is_written_down(clinic: Clinic) -> None:
    assert (await clinic.book(talk(clinic))).status_code == 201
    wish = {**talk(clinic), "reason": "urgent_need"}

    refused = await clinic.post("/v1/overbookings", wish, "front_desk")
    unknown = await clinic.post("/v1/overbookings", {**wish, "reason": "why_not"}, "ops_admin")
    allowed = await clinic.post("/v1/overbookings", wish, "ops_admin")

    assert [refused.status_code, slug(unknown)] == [403, "overbooking_refused"]
    assert allowed.status_code == 201, allowed.text
    (row,) = await clinic.service.rows("overbooking", clinic.network)
    assert (row["reason"], str(row["resource_id"])) == ("urgent_need", clinic.staff["therapist"])
    audits = await clinic.service.rows("audit_entry", clinic.network)
    assert "visit.overbook" in {row["action"] for row in audits if row["outcome"] == "allowed"}


async def test_dose_is_never_overbooked(clinic: Clinic) -> None:
    await clinic.booked()
    wish = {**clinic.dosing(await clinic.cleared_patient()), "reason": "urgent_need"}

    answer = await clinic.post("/v1/overbookings", wish, "medical_director")

    assert answer.json()["rules"] == ["visit_type"]


async def test_overbooked_visit_blocks_what_it_alone_takes(clinic: Clinic) -> None:
    first = (await clinic.book(talk(clinic))).json()
    half = datetime.fromisoformat(first["starts_at"]) + timedelta(minutes=30)
    wish = {**talk(clinic, starts_at=half.isoformat()), "reason": "urgent_need"}
    assert (await clinic.post("/v1/overbookings", wish, "ops_admin")).status_code == 201

    behind = await clinic.book(talk(clinic, starts_at=first["ends_at"]))
    await change(clinic, first, "cancellation", {"reason": "patient_request"})
    over_it = await clinic.book(talk(clinic, starts_at=first["starts_at"]))

    assert slug(behind) == "slot_taken"
    assert slug(over_it) == "slot_taken", "the overbooked visit keeps its place"


# --- the monitor ratio ------------------------------------------------------------------------


async def dosed(clinic: Clinic) -> UUID:
    """A cleared patient who has had a dose."""
    from kairos_events.dosing import DoseAdministeredV1
    from kairos_events.fields import Route

    patient = await clinic.cleared_patient()
    given = clinic.service.clock.now() - timedelta(days=7)
    event = DoseAdministeredV1(
        dose_id=uuid4(),
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=patient,
        site_id=UUID(clinic.site),
        route=Route.IM,
        product="ketamine_50",
        amount_mg="34",  # type: ignore[arg-type]
        administered_at=given,
        clearance_version=1,
    )
    await clinic.service.deliver(event, clinic.network)
    return patient


async def other_team(clinic: Clinic, nurse: str) -> dict[str, Any]:
    """A room and a team of its own, but for the nurse."""
    room = await clinic.make(f"/v1/sites/{clinic.site}/rooms", {"name": "More"})
    for role in ("prescriber", "therapist"):
        await clinic.hire(role)
    return {"room_id": room, "staff": {**clinic.staff, "nurse": nurse}}


@pytest.mark.parametrize("first_dose", [True, False])
async def test_monitor_watches_two_patients_and_one_at_a_first_dose(
    clinic: Clinic, first_dose: bool
) -> None:
    nurse = clinic.staff["nurse"]
    one = clinic.dosing(await clinic.cleared_patient() if first_dose else await dosed(clinic))
    two = clinic.dosing(await dosed(clinic), **await other_team(clinic, nurse))
    three = clinic.dosing(await dosed(clinic), **await other_team(clinic, nurse))

    answers = [await clinic.book(body) for body in (one, two, three)]

    assert [a.status_code for a in answers] == ([201, 409, 409] if first_dose else [201, 201, 409])
    assert answers[0].json()["one_to_one"] is first_dose
    assert answers[2].json()["roles"] == ["nurse"]


async def test_visit_that_becomes_the_first_dose_is_watched_alone_or_held(clinic: Clinic) -> None:
    nurse, patient = clinic.staff["nurse"], await clinic.cleared_patient()
    first = (await clinic.book(clinic.dosing(patient))).json()
    later = datetime.fromisoformat(first["starts_at"]) + timedelta(days=3)
    second = (await clinic.book(clinic.dosing(patient, starts_at=later.isoformat()))).json()
    assert second["one_to_one"] is False
    beside = clinic.dosing(await dosed(clinic), **await other_team(clinic, nurse))
    assert (await clinic.book({**beside, "starts_at": later.isoformat()})).status_code == 201

    await change(clinic, first, "cancellation", {"reason": "patient_ill"})

    found = (await clinic.get(f"/v1/visits/{second['id']}")).json()
    assert (found["state"], found["held_reason"]) == ("held", "monitor_ratio")
