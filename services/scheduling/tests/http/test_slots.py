"""Nobody and nothing is in two places at once, however many ask at the same time."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

from kairos_chassis.testing.harness import Harness

from .clinic import CARDS, Clinic, open_clinic, slug
from .test_races import deadlocks
from .test_search import open_hours

RIVALS = 100


async def test_what_is_taken_is_named(clinic: Clinic) -> None:
    visit = await clinic.booked()
    other_room = await clinic.make(f"/v1/sites/{clinic.site}/rooms", {"name": "Red"})
    first_team = dict(clinic.staff)
    for role in first_team:
        await clinic.hire(role)
    other = await clinic.cleared_patient()

    async def taken(patient: object, room: str, team: dict[str, str]) -> tuple[object, object]:
        body = clinic.dosing(UUID(str(patient)), room_id=room, staff=team)
        answer = await clinic.book(body)
        assert slug(answer) == "slot_taken"
        return answer.json()["taken"], answer.json()["roles"]

    mixed = {**clinic.staff, "nurse": first_team["nurse"]}
    assert await taken(other, clinic.room, clinic.staff) == (["room"], [])
    assert await taken(other, other_room, mixed) == (["practitioner"], ["nurse"])
    assert await taken(visit["patient_id"], other_room, clinic.staff) == (["patient"], [])
    assert (await clinic.book(clinic.dosing(other, room_id=other_room))).status_code == 201


async def test_room_needs_its_clean_up_and_people_do_not(clinic: Clinic) -> None:
    visit = await clinic.booked()
    patient = await clinic.cleared_patient()

    at_once = await clinic.book(clinic.dosing(patient, starts_at=visit["ends_at"]))
    cleaned = clinic.dosing(patient)
    start = clinic.service.clock.now() + timedelta(hours=1, minutes=150 + 15 + 15)
    cleaned["starts_at"] = start.isoformat()

    assert at_once.json()["taken"] == ["room"]
    assert (await clinic.book(cleaned)).status_code == 201


async def test_one_person_may_hold_two_roles(clinic: Clinic) -> None:
    person = str(uuid4())
    document = {
        "practitioner_id": person,
        "display_name": "Dr Both",
        "roles": ["prescriber", "therapist"],
    }
    await clinic.make("/v1/practitioners", document)
    cards = [*CARDS["prescriber"], *CARDS["therapist"]]
    for kind, state in cards:
        await clinic.give(person, kind, state, until="2028-01-01")
    clinic.staff |= {"prescriber": person, "therapist": person}

    assert (await clinic.booked())["staff"]["therapist"] == person


async def test_other_networks_calendar_blocks_nothing(service: Harness) -> None:
    one, other = await open_clinic(service, uuid4()), await open_clinic(service, uuid4())
    patient = uuid4()
    await one.clear(patient)
    await other.clear(patient)

    assert (await one.book(one.dosing(patient))).status_code == 201
    assert (await other.book(other.dosing(patient))).status_code == 201
    assert (await other.book(other.dosing(patient, site_id=one.site))).status_code == 404


async def test_one_of_a_hundred_clients_wins_and_the_others_hear_of_other_slots(
    clinic: Clinic,
) -> None:
    await open_hours(clinic)
    patients = [await clinic.cleared_patient() for _ in range(RIVALS)]
    before = await deadlocks(clinic.service.database)

    answers = await asyncio.gather(*(clinic.book(clinic.dosing(one)) for one in patients))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: RIVALS - 1}
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {one["type"] for one in refused} == {"urn:kairos:problem:slot_taken"}
    assert all(one["taken"] == ["practitioner", "room"] for one in refused)
    taken = clinic.dosing(patients[0])["starts_at"]
    assert all(one["alternatives"] for one in refused)
    assert all(other["starts_at"] != taken for one in refused for other in one["alternatives"])
    assert len(await clinic.service.rows("visit", clinic.network)) == 1
    assert await deadlocks(clinic.service.database) == before
