"""Two records that are one person count as one; what intake has not told of is refused."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from kairos_events.intake import PatientMergedV1, PatientUnmergedV1

from .clinic import Clinic, slug
from .test_changes import change
from .test_waitlist import answer, offers, wait

LATER = "2027-03-02T17:00:00Z"


async def merge(clinic: Clinic, surviving: UUID, merged: UUID, *, sequence: int = 1) -> None:
    now = clinic.service.clock.now()
    event = PatientMergedV1(
        surviving_patient_id=surviving, merged_patient_id=merged, merged_by=uuid4(), merged_at=now
    )
    await clinic.service.deliver(event, clinic.network, sequence=sequence)


async def part(clinic: Clinic, surviving: UUID, merged: UUID) -> None:
    event = PatientUnmergedV1(
        surviving_patient_id=surviving,
        merged_patient_id=merged,
        unmerged_by=uuid4(),
        unmerged_at=clinic.service.clock.now(),
    )
    await clinic.service.deliver(event, clinic.network, sequence=2)


async def tasks(clinic: Clinic) -> list[tuple[str, str]]:
    items = (await clinic.get("/v1/replan-tasks")).json()["items"]
    return [(one["visit_id"], one["reason"]) for one in items]


async def test_nothing_new_is_begun_under_a_merged_record(clinic: Clinic) -> None:
    surviving, merged = await clinic.cleared_patient(), await clinic.cleared_patient()
    await merge(clinic, surviving, merged)

    refused = [
        await clinic.book(clinic.dosing(merged)),
        await clinic.post("/v1/holds", clinic.dosing(merged), "nurse"),
        await clinic.post(
            f"/v1/patients/{merged}/reminder-address", {"address": "a@example.org"}, "front_desk"
        ),
    ]

    assert [slug(one) for one in refused] == ["patient_merged"] * 3
    assert refused[0].json()["surviving_patient_id"] == str(surviving)
    assert (await clinic.book(clinic.dosing(surviving))).status_code == 201


async def test_doses_of_either_record_keep_the_interval_and_are_no_first_ones(
    clinic: Clinic,
) -> None:
    surviving, merged = await clinic.cleared_patient(), await clinic.cleared_patient()
    old = (await clinic.book(clinic.dosing(merged))).json()
    await merge(clinic, surviving, merged)

    soon = await clinic.book(clinic.dosing(surviving, starts_at=LATER))
    late = await clinic.book(clinic.dosing(surviving, starts_at="2027-03-05T17:00:00Z"))

    assert slug(soon) == "too_soon_after_dose"
    assert late.status_code == 201, late.text
    assert (old["one_to_one"], late.json()["one_to_one"]) == (True, False)
    found = (await clinic.get("/v1/visits", patient_id=str(surviving))).json()["items"]
    assert [one["id"] for one in found] == [old["id"], late.json()["id"]]


async def test_merged_record_s_visits_are_owned_and_nobody_is_checked_in_for_them(
    clinic: Clinic,
) -> None:
    surviving, visit = await clinic.cleared_patient(), await clinic.booked()
    await merge(clinic, surviving, UUID(visit["patient_id"]))

    assert await tasks(clinic) == [(visit["id"], "records_merged")]
    gates = {"escort_confirmed": True, "fasting": "kept", "screen": "clear"}
    refused = await change(clinic, visit, "check-in", {**gates, "consent_reaffirmed": True})
    assert "patient_merged" in refused.json()["gates"]
    moved = await change(clinic, visit, "transfer")
    assert moved.status_code == 200, moved.text
    assert moved.json()["patient_id"] == str(surviving)
    assert moved.json()["starts_at"] == visit["starts_at"]
    assert await tasks(clinic) == []
    was = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert (was["state"], was["ended_reason"]) == ("cancelled", "records_merged")
    assert slug(await change(clinic, moved.json(), "transfer")) == "patient_not_merged"


async def test_refused_transfer_leaves_the_visit_where_it_was(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await merge(clinic, uuid4(), UUID(visit["patient_id"]))

    refused = await change(clinic, visit, "transfer")

    assert slug(refused) == "not_cleared"
    assert (await clinic.get(f"/v1/visits/{visit['id']}")).json()["state"] == "booked"


async def test_parted_records_are_two_people_again(clinic: Clinic) -> None:
    surviving, visit = await clinic.cleared_patient(), await clinic.booked()
    merged = UUID(visit["patient_id"])
    await merge(clinic, surviving, merged)
    clinic.service.clock.advance(timedelta(minutes=1))
    between = (await clinic.book(clinic.dosing(surviving, starts_at="2027-03-05T17:00:00Z"))).json()

    await part(clinic, surviving, merged)

    assert await tasks(clinic) == [(between["id"], "records_parted")]
    free = await clinic.book(clinic.dosing(surviving, starts_at=LATER))
    assert free.status_code == 201, free.text  # a day after the other one's: no longer theirs
    assert (await clinic.book(clinic.dosing(merged, starts_at="2027-03-04T17:00:00Z"))).is_success


async def test_waiting_under_a_merged_record_goes_on_for_the_survivor(clinic: Clinic) -> None:
    surviving, merged = await clinic.cleared_patient(), await clinic.cleared_patient()
    entry = await wait(clinic, merged)
    await merge(clinic, surviving, merged)
    visit = await clinic.booked(starts_at=LATER)
    await change(clinic, visit, "cancellation", {"reason": "patient_request"})
    await clinic.service.run_due()

    (offer,) = await offers(clinic, entry)
    accepted = (await answer(clinic, offer, "accepted")).json()

    booked = (await clinic.get(f"/v1/visits/{accepted['visit_id']}")).json()
    assert booked["patient_id"] == str(surviving)


async def test_merge_told_twice_or_late_changes_nothing(clinic: Clinic) -> None:
    surviving, visit = await clinic.cleared_patient(), await clinic.booked()
    merged = UUID(visit["patient_id"])
    await merge(clinic, surviving, merged)
    before: Any = await clinic.service.rows("occupancy", clinic.network)

    await merge(clinic, surviving, merged, sequence=2)

    assert await clinic.service.rows("occupancy", clinic.network) == before
    assert len(await tasks(clinic)) == 1


async def test_reminders_are_for_patients_whom_intake_knows(clinic: Clinic) -> None:
    body = {"address": "a@example.org"}

    unknown = await clinic.post(f"/v1/patients/{uuid4()}/reminder-address", body, "front_desk")
    known = await clinic.cleared_patient()
    kept = await clinic.post(f"/v1/patients/{known}/reminder-address", body, "front_desk")

    assert (unknown.status_code, slug(unknown)) == (404, "patient_unknown")
    assert kept.status_code == 200
