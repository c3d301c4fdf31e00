"""Patients found, duplicates noticed, records merged and parted so that others can follow."""

import asyncio
from typing import Any

import pytest

from .steps import DANA, Clinic, problem


async def search(clinic: Clinic, query: str) -> list[str]:
    found = await clinic.get(f"/v1/patients?{query}")
    assert found.status_code == 200, found.text
    return [one["id"] for one in found.json()["items"]]


async def test_patient_is_found_by_name_birth_phone_and_identifier(clinic: Clinic) -> None:
    eli = await clinic.register(given_name="Eli", family_name="Marsh", phone="+13035550199",
                                born_on="1990-05-05")  # fmt: skip
    dana = await clinic.register()
    identifier = {"system": "urn:oid:1.2.3", "value": "MRN-77"}
    await clinic.post(f"/v1/patients/{dana}/identifiers", identifier)

    assert await search(clinic, "name=canary") == [dana]
    assert await search(clinic, "name=eli%20m&born_on=1990-05-05") == [eli]
    assert await search(clinic, "phone=%2B13035550199") == [eli]
    assert await search(clinic, "identifier=MRN-77") == [dana]
    assert await search(clinic, "name=canary&born_on=1990-05-05") == []
    taken = await clinic.post(f"/v1/patients/{eli}/identifiers", identifier)
    assert problem(taken) == (409, "identifier_taken")


async def test_search_goes_on_by_cursor(clinic: Clinic) -> None:
    known = sorted([await clinic.register() for _ in range(3)])
    first = (await clinic.get("/v1/patients?name=canary&limit=2")).json()
    second = await clinic.get(f"/v1/patients?name=canary&limit=2&cursor={first['next']}")
    assert [p["id"] for p in first["items"] + second.json()["items"]] == known


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({}, True),
        ({"given_name": "Dana", "family_name": "Canarry"}, True),
        ({"given_name": "Canary", "family_name": "Dana"}, True),
        ({"born_on": "1984-02-06"}, True),  # day and month exchanged
        ({"phone": "+13035550000", "family_name": "Canaty"}, True),
        ({"given_name": "Daniel", "family_name": "Brook", "phone": None}, False),
        ({"given_name": "Eli", "born_on": "1951-11-30", "phone": "+13035550000"}, False),
    ],
)
async def test_probable_duplicate_is_refused_until_somebody_has_looked(
    clinic: Clinic, changes: dict[str, Any], alike: bool
) -> None:
    known = await clinic.register()
    body = {**DANA, **changes}

    answer = await clinic.post("/v1/patients", body)

    if alike:
        assert problem(answer) == (409, "probable_duplicate")
        assert answer.json()["patients"] == [known]
        named = {**body, "other_than": [known]}
        unexplained = await clinic.post("/v1/patients", named)
        looked = await clinic.post("/v1/patients", {**named, "other_than_reason": "twin"})
        assert problem(unexplained) == (422, "unknown_reason")
        (kept,) = await clinic.service.rows("duplicate_override", clinic.network)
        assert (kept["reason"], [str(one) for one in kept["other_than"]]) == ("twin", [known])
        path = f"/v1/patients/{looked.json()['id']}/duplicates"
        listed = (await clinic.get(path)).json()["items"]
        assert [one["patient_id"] for one in listed] == [known]
    else:
        assert answer.status_code == 201


async def test_of_registrations_at_once_only_one_is_taken(clinic: Clinic) -> None:
    answers = await asyncio.gather(*(clinic.post("/v1/patients", DANA) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409]


async def merge(clinic: Clinic, survivor: str, merged: str) -> Any:
    body = {"merged_patient_id": merged, "reason": "registered_twice"}
    return await clinic.post(f"/v1/patients/{survivor}/merges", body)


async def test_merged_record_is_cleared_for_nothing_and_counts_for_the_survivor(
    clinic: Clinic,
) -> None:
    duplicate = await clinic.register()
    await clinic.record(allergies=["ketamine"])
    survivor = await clinic.register()
    await clinic.clear_for_im()
    survivor = clinic.patient

    merged = await merge(clinic, survivor, duplicate)

    assert merged.status_code == 201, merged.text
    assert (await clinic.status())["reasons"] == ["decision_excluded"]
    events = await clinic.service.outboxed(clinic.network)
    (event,) = [e for e in events if e.type == "intake.patient_merged.v1"]
    assert (event.key, event.data["merged_patient_id"]) == (survivor, duplicate)
    clinic.patient = duplicate
    assert (await clinic.status())["reasons"] == ["record_ended"]


async def test_unmerging_gives_both_back_what_was_theirs(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    first = clinic.patient
    await clinic.clear_for_im()
    second = clinic.patient
    await merge(clinic, second, first)

    body = {"reason": "two_people"}
    parted = await clinic.post(f"/v1/patients/{first}/unmerging", body)
    again = await clinic.post(f"/v1/patients/{first}/unmerging", body)

    assert parted.json()["unmerge_reason"] == "two_people"
    assert problem(again) == (409, "not_merged")
    for patient in (first, second):
        clinic.patient = patient
        assert (await clinic.status())["cleared"]
    history = (await clinic.get(f"/v1/patients/{first}/merges")).json()["items"]
    assert [one["unmerge_reason"] for one in history] == ["two_people"]
    events = await clinic.service.outboxed(clinic.network)
    assert [e.type for e in events if "merged" in e.type] == [
        "intake.patient_merged.v1",
        "intake.patient_unmerged.v1",
    ]


async def test_concern_of_a_merged_record_blocks_the_survivor(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    survivor = clinic.patient
    duplicate = await clinic.register()
    await clinic.answer(await clinic.start("cssrs_screener"), "q3", 1)
    await merge(clinic, survivor, duplicate)
    clinic.patient = survivor
    assert "safety_concern" in (await clinic.status())["reasons"]


async def test_record_is_merged_once_and_never_with_itself(clinic: Clinic) -> None:
    a, b, c = [await clinic.register() for _ in range(3)]
    await merge(clinic, a, b)
    for survivor, merged in ((a, a), (c, b), (b, c), (c, a)):
        assert problem(await merge(clinic, survivor, merged)) == (409, "cannot_merge")


async def test_contacts_are_named_and_removed(clinic: Clinic) -> None:
    path = f"/v1/patients/{await clinic.register()}/contacts"
    sam = {"kind": "escort", "name": "Sam R", "phone": "+13035550111", "relationship": "partner"}
    made = (await clinic.post(path, sam)).json()
    assert [c["name"] for c in (await clinic.get(path)).json()["items"]] == ["Sam R"]
    left = await clinic.post(f"{path}/{made['id']}/removal")
    assert left.json()["items"] == []


async def test_birth_date_put_right_is_held_against_the_rules_at_once(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    path = f"/v1/patients/{clinic.patient}"
    etag = (await clinic.get(path)).headers["ETag"]
    async with clinic.client("front_desk") as desk:
        put = await desk.patch(path, json={"born_on": "2012-01-01"}, headers={"If-Match": etag})
    assert put.status_code == 200, put.text
    assert (await clinic.status())["reasons"] == ["decision_excluded"]
