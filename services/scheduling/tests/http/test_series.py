"""Weekly series keep their local time; hours that change re-plan what falls out of them."""

from typing import Any
from uuid import uuid4

import pytest
from kairos_chassis.testing.harness import Harness

from .clinic import Clinic, open_clinic, slug
from .test_search import open_hours


def weekly(clinic: Clinic, starts_at: str, count: int, **changes: Any) -> dict[str, Any]:
    body = clinic.dosing(uuid4(), visit_type="integration", route=None, room_id=None)
    body["staff"] = {"therapist": clinic.staff["therapist"]}
    return {**body, "starts_at": starts_at, "count": count, **changes}


async def booked(clinic: Clinic, body: dict[str, Any]) -> dict[str, Any]:
    answer = await clinic.post("/v1/visit-series", body, "therapist")
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize(
    ("zone", "state", "first", "instants"),
    [
        # Nine in the morning on both sides of the change: an hour less by UTC from then on.
        ("America/Denver", "CO", "2027-03-08T16:00:00Z", ["T16:00", "T15:00", "T15:00"]),
        ("America/New_York", "NY", "2027-03-08T14:00:00Z", ["T14:00", "T13:00", "T13:00"]),
        ("America/Phoenix", "AZ", "2027-03-08T16:00:00Z", ["T16:00", "T16:00", "T16:00"]),
    ],
)
async def test_series_keeps_its_local_time_across_the_change(
    service: Harness, zone: str, state: str, first: str, instants: list[str]
) -> None:
    clinic = await open_clinic(service, uuid4(), zone=zone, state="CO")
    body = {"name": "Other", "zone": zone, "state": state}
    clinic.site = await clinic.make("/v1/sites", body)
    await clinic.give(clinic.staff["therapist"], "therapy_licence", state, until="2028-01-01")

    series = await booked(clinic, weekly(clinic, first, 3))

    starts = [one["visit"]["starts_at"] for one in series["visits"]]
    assert [one[10:16] for one in starts] == instants
    assert series["zone"] == zone
    assert {one["clock_change"] for one in series["visits"]} == {"none"}
    assert series["tzdata_version"].startswith("20")
    read = await clinic.get(f"/v1/visit-series/{series['id']}")
    assert read.json() == series


@pytest.mark.parametrize(
    ("first", "change", "second"),
    [
        ("2027-03-07T09:30:00Z", "skipped", "2027-03-14T09:30:00Z"),  # 02:30 is not on the 14th
        ("2027-10-31T07:30:00Z", "ambiguous", "2027-11-07T07:30:00Z"),  # 01:30 comes twice
    ],
)
async def test_skipped_and_ambiguous_hours_are_said(
    clinic: Clinic, first: str, change: str, second: str
) -> None:
    series = await booked(clinic, weekly(clinic, first, 2))

    assert [one["clock_change"] for one in series["visits"]] == ["none", change]
    assert series["visits"][1]["visit"]["starts_at"] == second


async def test_series_with_one_slot_taken_books_nothing(clinic: Clinic) -> None:
    body = weekly(clinic, "2027-03-15T16:30:00Z", 2)
    await clinic.book({name: body[name] for name in body if name != "count"})

    answer = await clinic.post(
        "/v1/visit-series", weekly(clinic, "2027-03-08T17:00:00Z", 3), "nurse"
    )

    assert (slug(answer), answer.json()["numbers"]) == ("series_slot_taken", [2])
    assert len(await clinic.service.rows("visit", clinic.network)) == 1


async def test_series_announces_and_reminds_of_each_visit(clinic: Clinic) -> None:
    await booked(clinic, weekly(clinic, "2027-03-08T16:00:00Z", 4, every_weeks=2))

    assert await clinic.types() == ["scheduling.visit_booked.v1"] * 4


async def test_site_hours_that_change_hold_what_falls_out_and_name_an_owner(
    clinic: Clinic,
) -> None:
    await open_hours(clinic)
    early = await clinic.booked(starts_at="2027-03-02T16:30:00Z")
    noon = await clinic.booked(starts_at="2027-03-03T19:00:00Z")
    days = [{"weekday": n, "opens_at": "11:00", "closes_at": "17:00"} for n in range(1, 6)]

    answer = await clinic.post(
        f"/v1/sites/{clinic.site}/hours", {"valid_from": "2027-03-02", "week": days}, "ops_admin"
    )

    assert (answer.json()["held"], answer.json()["reassigned"]) == ([early["id"]], [])
    (task,) = (await clinic.get("/v1/replan-tasks")).json()["items"]
    assert (task["visit_id"], task["reason"]) == (early["id"], "hours_changed")
    assert (await clinic.get(f"/v1/visits/{noon['id']}")).json()["state"] == "booked"


async def test_somebody_s_hours_that_change_give_the_visit_to_a_free_colleague(
    clinic: Clinic,
) -> None:
    first = clinic.staff["nurse"]
    visit = await clinic.booked(starts_at="2027-03-02T17:00:00Z")
    second = await clinic.hire("nurse")
    clinic.staff["nurse"] = second
    await open_hours(clinic)
    body = {
        "site_id": clinic.site,
        "valid_from": "2027-03-02",
        "week": [{"weekday": 5, "opens_at": "09:00", "closes_at": "17:00"}],
    }

    answer = await clinic.post(f"/v1/practitioners/{first}/hours", body, "ops_admin")

    assert (answer.json()["reassigned"], answer.json()["held"]) == ([visit["id"]], [])
    moved = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert moved["staff"]["nurse"] == second
