"""What users of other booking systems have complained of, tried here.

Read for it: calcom/cal.diy threads 10789, 13397, 29958 (two confirm one slot), 21589 (a slot moved
away from stays blocked), 20064 (a slot given up comes back late), 4400, 6217, 10517, 19589 (an hour
off on and after the day clocks change), 2102 (zones off the whole hour), 7667 and 7687 (the end of
the day, and of the day by UTC), 22803 (a series over what is taken; see `test_series.py`); and
medplum/medplum 7688, 7690 (a hold of several calendars is all or nothing; a hold is booked once).
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from kairos_chassis.testing.harness import Harness

from .clinic import Clinic, open_clinic, slug
from .test_changes import change, elsewhere
from .test_search import open_hours, search

CHANGES = [
    ("America/Denver", "2027-03-12", 6),  # 23 hours on the 14th
    ("America/Denver", "2027-11-05", 6),  # 25 hours on the 7th
    ("Europe/Berlin", "2027-03-26", 6),
    ("Australia/Lord_Howe", "2027-04-02", 6),  # half an hour on the 4th
    ("America/St_Johns", "2027-03-12", 6),  # half an hour off
    ("Asia/Kathmandu", "2027-03-12", 3),  # three quarters of an hour off
    ("Pacific/Kiritimati", "2027-03-12", 3),  # a day ahead
]


async def evaluations(clinic: Clinic, zone: str, day: str, days: int) -> list[datetime]:
    """The free slots of an evaluation in so many days of the site, by its clock."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    found = await search(
        clinic,
        visit_type="evaluation",
        since=midnight.isoformat(),
        until=(midnight + timedelta(days=days)).isoformat(),
        limit=100,
    )
    return [datetime.fromisoformat(one["starts_at"]).astimezone(ZoneInfo(zone)) for one in found]


async def open_all_week(clinic: Clinic, opens: str, closes: str) -> None:
    days = [{"weekday": n, "opens_at": opens, "closes_at": closes} for n in range(1, 8)]
    week = {"valid_from": "2027-01-01", "week": days}
    answers = [await clinic.post(f"/v1/sites/{clinic.site}/hours", week, "ops_admin")]
    for person in clinic.staff.values():
        path, body = f"/v1/practitioners/{person}/hours", {**week, "site_id": clinic.site}
        answers.append(await clinic.post(path, body, "ops_admin"))
    assert {one.status_code for one in answers} == {201}


@pytest.mark.parametrize(("zone", "day", "days"), CHANGES)
async def test_day_begins_and_ends_by_the_site_s_clock_whatever_the_clock_does(
    service: Harness, zone: str, day: str, days: int
) -> None:
    clinic = await open_clinic(service, uuid4(), zone=zone)
    await open_all_week(clinic, "09:00", "11:00")  # five starts of an hour, every quarter

    local = await evaluations(clinic, zone, day, days)

    by_day: dict[Any, list[str]] = {}
    for start in local:
        by_day.setdefault(start.date(), []).append(f"{start:%H:%M}")
    assert len(by_day) == days
    assert set(map(tuple, by_day.values())) == {("09:00", "09:15", "09:30", "09:45", "10:00")}


@pytest.mark.parametrize(("zone", "day", "days"), CHANGES)
async def test_first_and_last_slot_of_every_such_day_can_be_booked(
    service: Harness, zone: str, day: str, days: int
) -> None:
    clinic = await open_clinic(service, uuid4(), zone=zone)
    await open_all_week(clinic, "09:00", "11:00")

    for start in await evaluations(clinic, zone, day, days):
        if (start.hour, start.minute) in ((9, 0), (10, 0)):
            answer = await clinic.book(evaluation(clinic, start))
            assert answer.status_code == 201, answer.text
            assert answer.json()["local_on"] == start.date().isoformat()

    assert await evaluations(clinic, zone, day, days) == []


def evaluation(clinic: Clinic, start: datetime) -> dict[str, Any]:
    body = clinic.dosing(uuid4(), visit_type="evaluation", route=None, starts_at=start.isoformat())
    return {**body, "staff": {"prescriber": clinic.staff["prescriber"]}}


async def test_evening_that_is_tomorrow_by_utc_is_offered_and_booked(clinic: Clinic) -> None:
    await open_all_week(clinic, "16:00", "21:00")  # 23:00 to 04:00 by UTC

    local = await evaluations(clinic, "America/Denver", "2027-03-02", 1)
    booked = await clinic.book(evaluation(clinic, local[-1]))

    assert (f"{local[0]:%d %H:%M}", f"{local[-1]:%d %H:%M}") == ("02 16:00", "02 20:00")
    assert booked.json()["local_on"] == "2027-03-02"


async def test_slot_a_visit_moved_away_from_is_offered_held_and_booked_at_once(
    clinic: Clinic,
) -> None:
    await open_hours(clinic)
    (slot,) = await search(clinic, limit=1)
    visit = await clinic.booked(starts_at=slot["starts_at"])
    moved = await change(clinic, visit, "move", elsewhere(clinic, visit))
    assert moved.status_code == 200, moved.text

    again = await search(clinic, limit=1)
    body = clinic.dosing(await clinic.cleared_patient(), starts_at=slot["starts_at"])
    held = await clinic.post("/v1/holds", body, "front_desk")
    booked = await clinic.post(f"/v1/holds/{held.json()['id']}/booking", None, "front_desk")

    assert again == [slot]
    assert (held.status_code, booked.status_code) == (201, 201)


async def test_slot_given_up_is_offered_at_once(clinic: Clinic) -> None:
    await open_hours(clinic)
    (slot,) = await search(clinic, limit=1)
    body = clinic.dosing(await clinic.cleared_patient(), starts_at=slot["starts_at"])
    held = await clinic.post("/v1/holds", body, "front_desk")
    assert await search(clinic, limit=1) != [slot]

    await clinic.post(f"/v1/holds/{held.json()['id']}/release", None, "front_desk")

    assert await search(clinic, limit=1) == [slot]


async def test_two_holds_of_one_slot_are_never_both_booked(clinic: Clinic) -> None:
    """Nothing waits for a confirmation that somebody else can get as well."""
    bodies = [clinic.dosing(await clinic.cleared_patient()) for _ in range(8)]

    held = await asyncio.gather(*(clinic.post("/v1/holds", one, "front_desk") for one in bodies))

    assert sorted(one.status_code for one in held) == [201, *[409] * 7]
    assert {slug(one) for one in held if one.status_code == 409} == {"slot_taken"}


async def test_hold_confirmed_by_many_at_once_becomes_one_visit(clinic: Clinic) -> None:
    patient = await clinic.cleared_patient()
    held = await clinic.post("/v1/holds", clinic.dosing(patient), "front_desk")
    path = f"/v1/holds/{held.json()['id']}/booking"

    answers = await asyncio.gather(*(clinic.post(path, None, "front_desk") for _ in range(8)))

    assert sorted(one.status_code for one in answers) == [201, *[409] * 7]
    assert len(await clinic.service.rows("visit", clinic.network)) == 1


async def test_hold_of_which_one_part_is_taken_takes_no_other_part(clinic: Clinic) -> None:
    start = clinic.service.clock.now() + timedelta(hours=1)
    assert (await clinic.book(evaluation(clinic, start))).status_code == 201  # room and prescriber
    other = await clinic.make(f"/v1/sites/{clinic.site}/rooms", {"name": "Green"})
    dose = clinic.dosing(await clinic.cleared_patient(), room_id=other)

    held = await clinic.post("/v1/holds", dose, "front_desk")

    assert slug(held) == "slot_taken"
    talk = {**evaluation(clinic, start), "room_id": other, "visit_type": "integration"}
    talk["staff"] = {"therapist": clinic.staff["therapist"]}
    assert (await clinic.book(talk)).status_code == 201, "room and therapist were left free"
