"""Booking: who may be booked for what, when and where, and who is told."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_chassis.testing.harness import Harness

from .clinic import Clinic, slug


async def test_booking_and_event_both(clinic: Clinic, network: UUID) -> None:
    patient = await clinic.cleared_patient()

    answer = await clinic.book(clinic.dosing(patient))

    assert answer.status_code == 201, answer.text
    visit = answer.json()
    assert visit["state"] == "booked"
    assert visit["local_on"] == "2027-03-01"
    assert visit["starts_at"] == "2027-03-01T16:00:00Z"
    assert visit["ends_at"] == "2027-03-01T18:30:00Z"
    assert answer.headers["ETag"] == '"v1"'
    announced = (await clinic.service.outboxed(network))[-1]
    assert announced.type == "scheduling.visit_booked.v1"
    assert announced.key == str(patient)
    assert announced.data["staff"] == [
        {"practitioner_id": clinic.staff[role], "role": role} for role in sorted(clinic.staff)
    ]


async def test_refused_booking_leaves_neither_row_nor_event(clinic: Clinic, network: UUID) -> None:
    await clinic.booked()
    before = len(await clinic.service.rows("occupancy", network))

    answer = await clinic.book(clinic.dosing(await clinic.cleared_patient()))

    assert answer.status_code == 409
    assert len(await clinic.service.rows("visit", network)) == 1
    assert len(await clinic.service.rows("occupancy", network)) == before
    assert await clinic.types() == ["scheduling.visit_booked.v1"]


async def test_no_dosing_visit_without_clearance(clinic: Clinic) -> None:
    unknown = await clinic.book(clinic.dosing(uuid4()))
    refused = uuid4()
    await clinic.clear(refused, cleared=False)
    lost = await clinic.book(clinic.dosing(refused))
    soon = uuid4()
    await clinic.clear(soon, expires_at=clinic.service.clock.now() + timedelta(minutes=60))
    expiring = await clinic.book(clinic.dosing(soon))

    assert [unknown.status_code, lost.status_code, expiring.status_code] == [409, 409, 409]
    assert slug(unknown) == slug(lost) == slug(expiring) == "not_cleared"
    assert unknown.json()["rules"] == ["no_clearance"]
    assert lost.json()["rules"] == ["consent_revoked"]
    assert lost.json()["clearance_version"] == 1
    assert expiring.json()["rules"] == ["clearance_expires_before_visit"]


async def test_clearance_counts_for_its_route_only(clinic: Clinic) -> None:
    patient = await clinic.cleared_patient()

    answer = await clinic.book(clinic.dosing(patient, visit_type="dosing_iv", route="iv"))

    assert slug(answer) == "not_cleared"


async def test_preparation_needs_neither_clearance_nor_room(clinic: Clinic) -> None:
    body = clinic.dosing(uuid4(), visit_type="preparation", route=None, room_id=None)
    body["staff"] = {"therapist": clinic.staff["therapist"]}

    assert (await clinic.book(body)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"visit_type": "dosing_iv"}, 422, "route_mismatch"),
        ({"route": None}, 422, "route_mismatch"),
        ({"visit_type": "massage"}, 422, "unknown_visit_type"),
        ({"room_id": None}, 422, "room_required"),
        ({"room_id": str(uuid4())}, 404, "room_not_found"),
        ({"site_id": str(uuid4())}, 404, "site_not_found"),
        ({"starts_at": "2027-03-01T14:59:00Z"}, 422, "starts_in_past"),
        ({"starts_at": "2027-03-01T17:00:00"}, 422, "invalid_payload"),
        ({"staff": {"driver": str(uuid4())}}, 422, "invalid_payload"),
        ({"surprise": 1}, 422, "invalid_payload"),
    ],
)
async def test_unfit_booking_is_refused(
    clinic: Clinic, changes: dict[str, Any], status: int, expected: str
) -> None:
    answer = await clinic.book(clinic.dosing(await clinic.cleared_patient(), **changes))

    assert answer.status_code == status
    assert slug(answer) == expected


async def test_every_required_role_is_named_and_held(clinic: Clinic) -> None:
    patient = await clinic.cleared_patient()
    team = clinic.staff

    alone = clinic.dosing(patient, staff={"nurse": team["nurse"]})
    swapped = clinic.dosing(patient, staff={**team, "nurse": team["therapist"]})
    stranger = clinic.dosing(patient, staff={**team, "nurse": str(uuid4())})

    missing = await clinic.book(alone)
    assert slug(missing) == "staff_mismatch"
    assert missing.json()["missing_roles"] == ["prescriber", "therapist"]
    wrong = await clinic.book(swapped)
    assert slug(wrong) == "role_not_held"
    assert wrong.json()["roles"] == ["nurse"]
    assert slug(await clinic.book(stranger)) == "practitioner_not_found"


async def test_room_of_another_site_is_not_found(clinic: Clinic) -> None:
    south = {"name": "South", "zone": "America/Denver", "state": "CO"}
    other = await clinic.make("/v1/sites", south)
    room = await clinic.make(f"/v1/sites/{other}/rooms", {"name": "Red"})
    patient = await clinic.cleared_patient()

    refused = await clinic.book(clinic.dosing(patient, room_id=room))
    good = await clinic.book(clinic.dosing(patient, room_id=room, site_id=other))

    assert slug(refused) == "room_not_found"
    assert good.status_code == 201


async def test_licence_of_another_state_does_not_count(clinic: Clinic) -> None:
    site = await clinic.make(
        "/v1/sites", {"name": "Cheyenne", "zone": "America/Denver", "state": "WY"}
    )
    room = await clinic.make(f"/v1/sites/{site}/rooms", {"name": "Red"})

    body = clinic.dosing(await clinic.cleared_patient(), site_id=site, room_id=room)
    answer = await clinic.book(body)

    assert slug(answer) == "credential_not_valid"
    faults = answer.json()["credentials"]
    assert {"role": "prescriber", "kind": "dea_registration", "problem": "missing"} in faults
    assert "bls" not in {fault["kind"] for fault in faults}


async def test_missing_and_suspended_credentials_are_named(clinic: Clinic) -> None:
    await clinic.hire("nurse", bls=True)
    patient = await clinic.cleared_patient()
    untrained = await clinic.book(clinic.dosing(patient))
    await clinic.hire("nurse")
    licence = clinic.cards["nurse", "nursing_licence"]
    path = f"/v1/practitioners/{clinic.staff['nurse']}/credentials/{licence}/suspension"
    async with clinic.service.client("ops_admin", network=clinic.network) as client:
        assert (await client.post(path)).json()["status"] == "suspended"
        again = await client.post(path)
    suspended = await clinic.book(clinic.dosing(patient))

    assert untrained.json()["credentials"] == [
        {"role": "nurse", "kind": "bls", "problem": "missing"}
    ]
    assert suspended.json()["credentials"] == [
        {"role": "nurse", "kind": "nursing_licence", "problem": "suspended"}
    ]
    assert slug(again) == "credential_suspended"


async def test_last_day_of_a_credential_is_the_local_one(clinic: Clinic) -> None:
    await clinic.hire("nurse", until="2027-03-10")
    patient = await clinic.cleared_patient()

    # 23:30 in Denver on the last day is the 11th by UTC; 00:30 is a day too late there.
    late = await clinic.book(clinic.dosing(patient, starts_at="2027-03-11T06:30:00Z"))
    after = await clinic.book(clinic.dosing(uuid4(), starts_at="2027-03-11T07:30:00Z"))

    assert late.status_code == 201, late.text
    assert late.json()["local_on"] == "2027-03-10"
    assert after.json()["credentials"] == [
        {"role": "nurse", "kind": "nursing_licence", "problem": "lapsed"},
        {"role": "nurse", "kind": "bls", "problem": "lapsed"},
        {"role": "emergency_lead", "kind": "acls", "problem": "missing"},
    ]


async def test_daylight_saving_moves_the_end_of_the_last_day(clinic: Clinic) -> None:
    await clinic.hire("nurse", until="2027-03-14")  # the day clocks go forward in Denver
    patient = await clinic.cleared_patient()

    # By winter time 06:30 UTC is still the 14th in Denver; by summer time it is 00:30 on the 15th.
    late = await clinic.book(clinic.dosing(patient, starts_at="2027-03-15T05:30:00Z"))
    after = await clinic.book(clinic.dosing(uuid4(), starts_at="2027-03-15T06:30:00Z"))

    assert late.status_code == 201, late.text
    assert slug(after) == "credential_not_valid"


async def test_credential_that_begins_later_does_not_count_yet(clinic: Clinic) -> None:
    person = await clinic.hire("nurse", bls=True)
    await clinic.give(person, "bls", None, since="2027-03-02", until="2029-03-01")

    answer = await clinic.book(clinic.dosing(await clinic.cleared_patient()))

    assert answer.json()["credentials"] == [
        {"role": "nurse", "kind": "bls", "problem": "not_yet_valid"}
    ]


async def test_repeated_request_books_once(clinic: Clinic, network: UUID) -> None:
    body = clinic.dosing(await clinic.cleared_patient())
    key = {"Idempotency-Key": str(uuid4())}
    subject = uuid4()

    async with clinic.service.client("front_desk", network=network, subject=subject) as client:
        first = await client.post("/v1/visits", json=body, headers=key)
        again = await client.post("/v1/visits", json=body, headers=key)

    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert len(await clinic.service.rows("visit", network)) == 1


async def test_site_scope_and_role_are_needed(clinic: Clinic, service: Harness) -> None:
    body = clinic.dosing(await clinic.cleared_patient())
    elsewhere = [str(uuid4())]

    async with service.client("front_desk", network=clinic.network, sites=elsewhere) as client:
        assert slug(await client.post("/v1/visits", json=body)) == "not_your_site"
    assert slug(await clinic.post("/v1/visits", body, "ops_admin")) == "not_permitted"
    assert (await clinic.book(body)).status_code == 201
