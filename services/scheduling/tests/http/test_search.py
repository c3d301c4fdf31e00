"""Free slots: only what can be booked is offered, and everything that can be is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from .clinic import Clinic, slug

DAY = {"since": "2027-03-02T00:00:00Z", "until": "2027-03-05T00:00:00Z"}


async def open_hours(
    clinic: Clinic, *, opens: str = "09:00", closes: str = "17:00", people: bool = True
) -> None:
    """The site is open Monday to Friday, and the team is there all the time."""

    def week(since: str, till: str) -> dict[str, Any]:
        days = [{"weekday": n, "opens_at": since, "closes_at": till} for n in range(1, 6)]
        return {"valid_from": "2027-01-01", "week": days}

    path = f"/v1/sites/{clinic.site}/hours"
    answer = await clinic.post(path, week(opens, closes), "ops_admin")
    assert answer.status_code == 201, answer.text
    for person in clinic.staff.values() if people else ():
        body = {**week("08:00", "18:00"), "site_id": clinic.site}
        answer = await clinic.post(f"/v1/practitioners/{person}/hours", body, "ops_admin")
        assert answer.status_code == 201, answer.text


async def search(clinic: Clinic, **params: Any) -> list[dict[str, Any]]:
    answer = await clinic.get("/v1/slots", **{"visit_type": "dosing_im", **DAY, **params})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def starts(slots: list[dict[str, Any]]) -> list[str]:
    return [one["starts_at"] for one in slots]


async def test_first_slots_fit_hours_buffers_and_length(clinic: Clinic) -> None:
    await open_hours(clinic)

    found = await search(clinic, limit=100)

    # 9:00 to 17:00 in Denver is 16:00 to 24:00 UTC: 15 minutes before and after for the room.
    assert found[0]["starts_at"] == "2027-03-02T16:15:00Z"
    first_day = [one for one in starts(found) if one < "2027-03-03T02"]
    assert first_day[-1] == "2027-03-02T21:15:00Z"
    assert len(first_day) == 21
    assert found[0]["choices"]["room"] == [clinic.room]
    assert found[0]["choices"]["nurse"] == [clinic.staff["nurse"]]


async def test_every_offered_slot_can_be_booked_and_then_is_not_offered(clinic: Clinic) -> None:
    await open_hours(clinic)
    (slot,) = await search(clinic, limit=1)
    booked = await clinic.booked(starts_at=slot["starts_at"])

    after = await search(clinic, limit=100)

    assert booked["starts_at"] == slot["starts_at"]
    free_again = datetime(2027, 3, 2, 16, 15, tzinfo=UTC) + timedelta(minutes=150 + 30)
    assert after[0]["starts_at"] == free_again.isoformat().replace("+00:00", "Z")


async def test_slot_outside_hours_is_neither_offered_nor_booked(clinic: Clinic) -> None:
    await open_hours(clinic)

    at_night = clinic.dosing(await clinic.cleared_patient(), starts_at="2027-03-02T03:00:00Z")
    sunday = clinic.dosing(await clinic.cleared_patient(), starts_at="2027-03-07T18:00:00Z")

    assert (await clinic.book(at_night)).json()["closed"] == ["practitioner", "site"]
    assert slug(await clinic.book(sunday)) == "not_open"
    assert await search(clinic, since="2027-03-06T08:00:00Z", until="2027-03-08T06:00:00Z") == []


async def test_site_without_hours_offers_nothing(clinic: Clinic) -> None:
    assert await search(clinic) == []


async def test_person_without_credential_or_hours_is_not_offered(clinic: Clinic) -> None:
    await open_hours(clinic)
    lapsing = await clinic.hire("nurse", until="2027-03-02")
    await open_hours(clinic)
    away = await clinic.hire("nurse")

    first, *_, last = await search(clinic, limit=100)

    assert lapsing in first["choices"]["nurse"]
    assert lapsing not in last["choices"]["nurse"]
    assert away not in first["choices"]["nurse"]


async def test_search_respects_the_patients_own_visits_and_interval(clinic: Clinic) -> None:
    await open_hours(clinic)
    visit = await clinic.booked(starts_at="2027-03-02T20:00:00Z")
    patient = visit["patient_id"]

    def talk(**more: Any) -> dict[str, Any]:
        return {"visit_type": "integration", "patient_id": patient, **more}

    doses = await search(clinic, patient_id=patient, until="2027-03-06T00:00:00Z", limit=100)
    talks = await search(clinic, **talk(until="2027-03-03T00:00:00Z", limit=100))

    assert doses[0]["starts_at"] == "2027-03-05T20:00:00Z", "72 hours after the dose before"
    taken = [one for one in starts(talks) if "2027-03-02T19:00:00Z" < one < "2027-03-02T22:30"]
    assert taken == []


async def test_held_slots_are_not_offered_until_they_expire(clinic: Clinic) -> None:
    await open_hours(clinic)
    (slot,) = await search(clinic, limit=1)
    body = clinic.dosing(await clinic.cleared_patient(), starts_at=slot["starts_at"])
    await clinic.post("/v1/holds", body, "front_desk")

    meanwhile = await search(clinic, limit=1)
    clinic.service.clock.advance(timedelta(minutes=10))

    assert meanwhile[0]["starts_at"] > slot["starts_at"]
    assert (await search(clinic, limit=1)) == [slot]


async def test_who_is_too_late_hears_of_other_slots(clinic: Clinic) -> None:
    await open_hours(clinic)
    await clinic.booked(starts_at="2027-03-02T17:00:00Z")

    answer = await clinic.book(
        clinic.dosing(await clinic.cleared_patient(), starts_at="2027-03-02T17:00:00Z")
    )

    assert slug(answer) == "slot_taken"
    first = answer.json()["alternatives"][0]
    assert first["starts_at"] == "2027-03-02T20:00:00+00:00"
    patient = await clinic.cleared_patient()
    assert (await clinic.book(clinic.dosing(patient, starts_at=first["starts_at"]))).is_success


async def test_equipment_is_part_of_the_search_and_of_the_booking(clinic: Clinic) -> None:
    await open_hours(clinic)
    assert await search(clinic, visit_type="dosing_iv") == []
    path = f"/v1/sites/{clinic.site}/equipment"
    pump = await clinic.make(path, {"kind": "infusion_pump", "name": "Pump 1"})

    (slot,) = await search(clinic, visit_type="dosing_iv", limit=1)

    assert slot["choices"]["infusion_pump"] == [pump]


# --- closures ---------------------------------------------------------------------------------


async def close(clinic: Clinic, kind: str, what: str) -> httpx.Response:
    body = {
        "kind": kind,
        "resource_id": what,
        "starts_at": "2027-03-02T07:00:00Z",
        "ends_at": "2027-03-03T07:00:00Z",
        "reason": "holiday",
    }
    return await clinic.post("/v1/closures", body, "ops_admin")


@pytest.mark.parametrize("kind", ["site", "room"])
async def test_closure_holds_what_it_breaks_and_names_an_owner(clinic: Clinic, kind: str) -> None:
    await open_hours(clinic)
    visit = await clinic.booked(starts_at="2027-03-02T17:00:00Z")
    later = await clinic.booked(starts_at="2027-03-03T17:00:00Z")

    answer = await close(clinic, kind, clinic.site if kind == "site" else clinic.room)

    assert answer.json()["held"] == [visit["id"]], answer.text
    found = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert (found["state"], found["held_reason"]) == ("held", f"{kind}_closed")
    assert (await clinic.get(f"/v1/visits/{later['id']}")).json()["state"] == "booked"
    (task,) = await clinic.service.rows("replan_task", clinic.network)
    assert str(task["owner_id"]) == clinic.staff["prescriber"]
    body = clinic.dosing(await clinic.cleared_patient(), starts_at="2027-03-02T20:00:00Z")
    assert (await clinic.book(body)).json()["closed"] == [kind]
    assert all(one["starts_at"] > "2027-03-03" for one in await search(clinic))


async def test_absence_gives_the_visit_to_somebody_free_and_qualified(clinic: Clinic) -> None:
    await open_hours(clinic)
    visit = await clinic.booked(starts_at="2027-03-02T17:00:00Z")
    first = clinic.staff["therapist"]
    other = await clinic.hire("therapist")
    await open_hours(clinic)

    answer = await close(clinic, "practitioner", first)

    assert answer.json()["reassigned"] == [visit["id"]], answer.text
    found = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert (found["state"], found["staff"]["therapist"]) == ("booked", other)
    moved = (await clinic.service.outboxed(clinic.network))[-1]
    assert (moved.type, moved.data["reason"]) == (
        "scheduling.visit_moved.v1",
        "practitioner_closed",
    )


async def test_time_data_says_its_version(clinic: Clinic) -> None:
    assert (await clinic.get("/v1/time-data")).json()["tzdata_version"].startswith("20")


async def test_other_networks_see_none_of_it(clinic: Clinic) -> None:
    await open_hours(clinic)
    async with clinic.service.client("front_desk", network=uuid4()) as stranger:
        answer = await stranger.get("/v1/slots", params={"visit_type": "dosing_im", **DAY})

    assert answer.json()["items"] == []
