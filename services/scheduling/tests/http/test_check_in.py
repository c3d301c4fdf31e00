"""Check-in: every gate is named, and the visit begins once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from kairos_events.intake import ConsentReaffirmedV1

from .clinic import Clinic, slug

SAID = {"screen": "clear", "consent_reaffirmed": True}
READY = {"escort_confirmed": True, "fasting": "kept", **SAID}


async def arrive(
    clinic: Clinic, visit: dict[str, Any], body: Any = READY, etag: str | None = None
) -> httpx.Response:
    path = f"/v1/visits/{visit['id']}/check-in"
    return await clinic.post(path, body, "front_desk", **{"If-Match": etag or '"v1"'})


async def test_check_in_begins_the_visit_and_tells_where(clinic: Clinic) -> None:
    visit = await clinic.booked()

    answer = await arrive(clinic, visit)

    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "checked_in"
    assert answer.headers["ETag"] == '"v2"'
    event = (await clinic.service.outboxed(clinic.network))[-1]
    assert event.type == "scheduling.visit_checked_in.v1"
    assert event.data["site_state"] == "CO"
    assert event.data["site_zone"] == "America/Denver"
    assert event.data["route"] == "im"
    assert event.data["escort_confirmed"] is True
    assert {one["role"]: one["practitioner_id"] for one in event.data["staff"]} == clinic.staff
    (row,) = await clinic.service.rows("check_in", clinic.network)
    assert (row["fasting"], row["policy_version"]) == ("kept", "2")


@pytest.mark.parametrize(
    ("body", "gates"),
    [
        ({**READY, "escort_confirmed": False}, ["escort_not_confirmed"]),
        ({**SAID, "escort_confirmed": True}, ["fasting_not_answered"]),
        ({**READY, "fasting": "not_kept"}, ["fasting_not_kept"]),
        ({**READY, "screen": None}, ["screen_not_done"]),
        ({**READY, "screen": "positive"}, ["screen_positive"]),
        ({**READY, "consent_reaffirmed": False}, ["consent_not_reaffirmed"]),
        (
            {"escort_confirmed": False},
            [
                "escort_not_confirmed",
                "fasting_not_answered",
                "screen_not_done",
                "consent_not_reaffirmed",
            ],
        ),
    ],
)
async def test_shut_gates_are_named_all_at_once(
    clinic: Clinic, body: dict[str, Any], gates: list[str]
) -> None:
    visit = await clinic.booked()

    answer = await arrive(clinic, visit, body)

    assert answer.status_code == 409
    assert slug(answer) == "check_in_refused"
    assert answer.json()["gates"] == gates
    assert (await arrive(clinic, visit)).status_code == 200


async def test_visit_without_dosing_asks_for_neither_escort_nor_fasting(clinic: Clinic) -> None:
    body = clinic.dosing(uuid4(), visit_type="preparation", route=None, room_id=None)
    body["staff"] = {"therapist": clinic.staff["therapist"]}
    visit = (await clinic.book(body)).json()

    assert (await arrive(clinic, visit, {"escort_confirmed": False})).status_code == 200


async def test_held_visit_is_not_checked_in(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await clinic.clear(UUID(visit["patient_id"]), version=2, cleared=False)

    refused = await arrive(clinic, visit, etag='"v2"')
    assert refused.json()["gates"] == ["visit_held", "not_cleared"]

    await clinic.clear(UUID(visit["patient_id"]), version=3)
    assert (await arrive(clinic, visit, etag='"v3"')).status_code == 200


async def test_clearance_that_has_expired_since_shuts_the_gate(clinic: Clinic) -> None:
    patient = uuid4()
    end = clinic.service.clock.now() + timedelta(hours=1, minutes=5)
    await clinic.clear(patient, expires_at=end)
    visit = (await clinic.book(clinic.dosing(patient))).json()

    clinic.service.clock.advance(timedelta(hours=1, minutes=5))

    assert (await arrive(clinic, visit)).json()["gates"] == ["not_cleared"]


async def test_patient_comes_on_the_day_and_not_too_early(clinic: Clinic) -> None:
    start = clinic.service.clock.now() + timedelta(hours=5)
    visit = await clinic.booked(starts_at=start.isoformat())

    early = await arrive(clinic, visit)
    clinic.service.clock.advance(timedelta(hours=3))
    in_time = await arrive(clinic, visit)

    assert early.json()["gates"] == ["too_early"]
    assert in_time.status_code == 200


async def test_day_of_a_visit_is_the_local_one(clinic: Clinic) -> None:
    # 17:30 in Denver on the 1st is the 2nd by UTC; at 06:30 UTC it is still the 1st there.
    visit = await clinic.booked(starts_at="2027-03-02T00:30:00Z")
    other = await clinic.cleared_patient()
    late = clinic.dosing(other, starts_at="2027-03-02T06:50:00Z")
    midnight = (await clinic.book(late)).json()

    clinic.service.clock.advance(timedelta(hours=15, minutes=30))  # 23:30 in Denver
    on_its_day = await arrive(clinic, midnight)
    clinic.service.clock.advance(timedelta(hours=1))  # 00:30 in Denver, a new day
    missed = await arrive(clinic, visit)

    assert on_its_day.status_code == 200, on_its_day.text
    assert missed.json()["gates"] == ["not_its_day"]


async def test_credential_suspended_since_booking_shuts_the_gate(clinic: Clinic) -> None:
    visit = await clinic.booked()
    card = clinic.cards["nurse", "bls"]
    path = f"/v1/practitioners/{clinic.staff['nurse']}/credentials/{card}/suspension"
    async with clinic.service.client("medical_director", network=clinic.network) as client:
        assert (await client.post(path)).status_code == 200

    answer = await arrive(clinic, visit, etag='"v2"')

    assert answer.json()["gates"] == ["visit_held", "credential_not_valid"]
    assert answer.json()["credentials"] == [
        {"role": "nurse", "kind": "bls", "problem": "suspended"}
    ]


async def test_check_in_needs_the_version_that_was_read(clinic: Clinic) -> None:
    visit = await clinic.booked()
    path = f"/v1/visits/{visit['id']}/check-in"

    missing = await clinic.post(path, READY, "front_desk")
    stale = await arrive(clinic, visit, etag='"v9"')
    good = await arrive(clinic, visit)
    again = await arrive(clinic, visit, {"escort_confirmed": False}, etag=good.headers["ETag"])

    assert [missing.status_code, stale.status_code, good.status_code] == [428, 412, 200]
    assert slug(again) == "visit_not_open"


async def test_one_of_many_check_ins_wins(clinic: Clinic) -> None:
    visit = await clinic.booked()

    answers = await asyncio.gather(*(arrive(clinic, visit) for _ in range(12)))

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 11
    assert len(await clinic.service.rows("check_in", clinic.network)) == 1


async def test_check_in_is_for_the_site_and_the_role(clinic: Clinic) -> None:
    visit = await clinic.booked()
    path = f"/v1/visits/{visit['id']}/check-in"
    elsewhere = [str(uuid4())]

    service, network = clinic.service, clinic.network
    async with service.client("front_desk", network=network, sites=elsewhere) as client:
        foreign = await client.post(path, json=READY, headers={"If-Match": '"v1"'})
    therapist = await clinic.post(path, READY, "therapist", **{"If-Match": '"v1"'})

    assert slug(foreign) == "not_your_site"
    assert slug(therapist) == "not_permitted"
    assert (await arrive(clinic, visit)).status_code == 200


async def test_nobody_is_checked_in_once_the_visit_is_over(clinic: Clinic) -> None:
    """Its room and its team are free for others from then on."""
    body = clinic.dosing(uuid4(), visit_type="preparation", route=None, room_id=None)
    body["staff"] = {"therapist": clinic.staff["therapist"]}
    visit = (await clinic.book(body)).json()
    clinic.service.clock.advance(timedelta(hours=2))

    over = await arrive(clinic, visit)
    clinic.service.clock.advance(timedelta(seconds=-1))

    assert over.json()["gates"] == ["visit_over"]
    assert (await arrive(clinic, visit)).status_code == 200


async def test_no_dose_begins_so_late_that_the_watch_no_longer_fits(clinic: Clinic) -> None:
    """150 minutes, of which 120 are watch: half an hour after the start is the last moment."""
    visit = await clinic.booked()
    clinic.service.clock.advance(timedelta(hours=1, minutes=30, seconds=1))

    late = await arrive(clinic, visit)
    clinic.service.clock.advance(timedelta(seconds=-1))

    assert late.json()["gates"] == ["too_late"]
    assert (await arrive(clinic, visit)).status_code == 200


async def test_consent_reaffirmed_in_intake_opens_the_gate(clinic: Clinic) -> None:
    visit = await clinic.booked()
    event = ConsentReaffirmedV1(
        consent_id=uuid4(),
        patient_id=UUID(visit["patient_id"]),
        visit_id=UUID(visit["id"]),
        scopes=("treatment_im",),
        reaffirmed_at=clinic.service.clock.now(),
    )
    await clinic.service.deliver(event, clinic.network)

    answer = await arrive(clinic, visit, {**READY, "consent_reaffirmed": False})

    assert answer.status_code == 200, answer.text
