"""Calendar feeds: what programs may see, by an address that can be taken back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from icalendar import Calendar

from .clinic import Clinic, slug
from .test_changes import change


async def feed(clinic: Clinic, kind: str, subject: str, *roles: str) -> dict[str, Any]:
    body = {"kind": kind, "subject_id": subject}
    answer = await clinic.post("/v1/calendar-feeds", body, *(roles or ("front_desk",)))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def read(clinic: Clinic, path: str) -> httpx.Response:
    async with clinic.service.raw() as anybody:
        return await anybody.get(path)


def events(answer: httpx.Response) -> list[Any]:
    return Calendar.from_ical(answer.content).walk("VEVENT")


@pytest.mark.parametrize("kind", ["practitioner", "room", "patient"])
async def test_feed_shows_the_visits_and_nothing_about_the_patient(
    clinic: Clinic, kind: str
) -> None:
    visit = await clinic.booked()
    await clinic.booked(starts_at="2027-03-04T17:00:00Z")
    subjects = {
        "practitioner": clinic.staff["nurse"],
        "room": clinic.room,
        "patient": visit["patient_id"],
    }
    made = await feed(clinic, kind, subjects[kind])

    answer = await read(clinic, made["path"])

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    shown = events(answer)
    assert len(shown) == (1 if kind == "patient" else 2)
    assert str(shown[0]["uid"]) == f"{visit['id']}@kairos"
    assert shown[0].decoded("dtstart").isoformat() == "2027-03-01T16:00:00+00:00"
    assert visit["patient_id"].encode() not in answer.content


async def initials(clinic: Clinic, patient: str, letters: str | None) -> None:
    path = f"/v1/patients/{patient}/calendar-initials"
    answer = await clinic.post(path, {"initials": letters}, "front_desk")
    assert answer.status_code == 200, answer.text


async def test_initials_are_shown_to_staff_where_the_network_wants_them(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await initials(clinic, visit["patient_id"], "DR")
    staff = await feed(clinic, "practitioner", clinic.staff["nurse"])
    own = await feed(clinic, "patient", visit["patient_id"])
    assert str(events(await read(clinic, staff["path"]))[0]["summary"]) == "Dosing im"

    body = {"figures": {"feed_initials": True}, "reason": "board_decision"}
    refused = await clinic.post("/v1/booking-policies", body, "ops_admin")
    await clinic.post("/v1/booking-policies", body, "medical_director")

    assert slug(refused) == "policy_loosens"
    assert str(events(await read(clinic, staff["path"]))[0]["summary"]) == "Dosing im (DR)"
    assert str(events(await read(clinic, own["path"]))[0]["summary"]) == "Dosing im"
    await initials(clinic, visit["patient_id"], None)
    assert str(events(await read(clinic, staff["path"]))[0]["summary"]) == "Dosing im"


async def test_moved_and_cancelled_visits_are_seen_as_such(clinic: Clinic) -> None:
    visit = await clinic.booked()
    made = await feed(clinic, "room", clinic.room)
    await change(clinic, visit, "cancellation", {"reason": "patient_ill"})

    (event,) = events(await read(clinic, made["path"]))

    assert (str(event["status"]), int(event["sequence"])) == ("CANCELLED", 2)
    assert b"ill" not in (await read(clinic, made["path"])).content


async def test_revoked_expired_and_unknown_addresses_answer_alike(clinic: Clinic) -> None:
    made = await feed(clinic, "room", clinic.room)
    other = await feed(clinic, "room", clinic.room)
    path = f"/v1/calendar-feeds/{made['id']}/revocation"
    assert (await clinic.post(path, None, "front_desk")).json()["path"] is None

    revoked = await read(clinic, made["path"])
    unknown = await read(clinic, other["path"][:-3] + "abc")
    clinic.service.clock.advance(timedelta(days=181))
    expired = await read(clinic, other["path"])

    assert [one.status_code for one in (revoked, unknown, expired)] == [401, 401, 401]


async def test_address_of_a_feed_opens_nothing_else(clinic: Clinic) -> None:
    made = await feed(clinic, "practitioner", clinic.staff["nurse"])
    token = made["path"].rpartition("/")[2]

    async with clinic.service.raw({"Authorization": f"Bearer {token}"}) as holder:
        visits = await holder.get("/v1/visits")
        body = {"kind": "room", "subject_id": clinic.room}
        another = await holder.post("/v1/calendar-feeds", json=body)

    assert [visits.status_code, another.status_code] == [403, 404]


async def test_patients_open_a_feed_of_their_own_only(clinic: Clinic) -> None:
    patient = uuid4()
    client = clinic.service.client("patient", network=clinic.network, patient=patient)

    async def wish(subject: UUID) -> int:
        body = {"kind": "patient", "subject_id": str(subject)}
        return (await client.post("/v1/calendar-feeds", json=body)).status_code

    async with client:
        assert [await wish(patient), await wish(uuid4())] == [201, 404]
