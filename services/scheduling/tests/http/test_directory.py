"""Patients find practitioners that fit, and say how it was; files are imported row by row."""

from typing import Any
from uuid import UUID, uuid4

from .clinic import Clinic, slug
from .test_changes import change
from .test_search import open_hours

FILE = """kind,key,name,zone,state,site,id,roles,practitioner,credential_kind,number,issuer,\
issued_on,expires_on,weekdays,opens_at,closes_at,valid_from,equipment_kind
site,north,North,America/Denver,CO,,,,,,,,,,,,,,
site,nowhere,Nowhere,America/Atlantis,CO,,,,,,,,,,,,,,
room,,Blue,,,north,,,,,,,,,,,,,
equipment,,Pump 1,,,north,,,,,,,,,,,,,infusion_pump
practitioner,shah,Dr Shah,,,,{person},therapist,,,,,,,,,,,
practitioner,again,Dr Shah,,,,{person},therapist,,,,,,,,,,,
credential,,,,CO,,,,shah,therapy_licence,T-1,Board,2026-01-01,2028-01-01,,,,,
credential,,,,CO,,,,shah,therapy_licence,T-1,Board,2026-01-01,soon,,,,,
site_hours,,,,,north,,,,,,,,,1 2 3 4 5,09:00,17:00,2026-01-01,
practitioner_hours,,,,,north,,,shah,,,,,,1 2 3,09:00,17:00,2026-01-01,
room,,Red,,,elsewhere,,,,,,,,,,,,,
spaceship,,X,,,,,,,,,,,,,,,,
room,,,,,north,,,,,,,,,,,,,
"""


async def test_import_keeps_good_rows_and_says_what_is_wrong_with_the_others(
    clinic: Clinic,
) -> None:
    person = uuid4()

    answer = await clinic.post("/v1/imports", {"csv": FILE.format(person=person)}, "ops_admin")

    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert {row["line"]: row["problem"] for row in report["rows"] if row["problem"]} == {
        3: "unknown_zone",
        7: "practitioner_registered",
        9: "cell_unreadable",
        12: "import_reference",
        13: "unknown_kind",
        14: "cell_missing",
    }
    assert report["rows"][-1]["missing"] == ["name"]
    assert (report["kept"], report["refused"]) == (7, 6)
    site = report["rows"][0]["id"]
    found = await clinic.get(
        "/v1/slots",
        visit_type="integration",
        since="2027-03-01T00:00:00Z",
        until="2027-03-05T00:00:00Z",
        site_id=site,
    )
    assert found.json()["items"][0]["choices"] == {"therapist": [str(person)]}


async def test_repeated_import_imports_once_and_answers_the_same_report(clinic: Clinic) -> None:
    body, key = {"csv": FILE.format(person=uuid4())}, {"Idempotency-Key": str(uuid4())}

    async with clinic.service.client("ops_admin", network=clinic.network) as client:
        answers = [await client.post("/v1/imports", json=body, headers=key) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len(await clinic.service.rows("site", clinic.network)) == 2  # the clinic's and North


async def test_import_of_all_or_nothing_keeps_nothing_where_a_row_is_refused(
    clinic: Clinic,
) -> None:
    body = {"csv": FILE.format(person=uuid4()), "all_or_nothing": True}
    told = len(await clinic.service.outboxed(clinic.network))

    report = (await clinic.post("/v1/imports", body, "ops_admin")).json()

    assert (report["kept"], report["refused"]) == (0, 6)
    assert len(await clinic.service.rows("site", clinic.network)) == 1
    assert len(await clinic.service.outboxed(clinic.network)) == told


async def looked_up(clinic: Clinic, **params: Any) -> list[str]:
    answer = await clinic.get("/v1/directory", **params)
    assert answer.status_code == 200, answer.text
    return [one["practitioner_id"] for one in answer.json()["items"]]


async def test_directory_matches_language_modality_training_site_and_time(clinic: Clinic) -> None:
    await open_hours(clinic)
    first = clinic.staff["therapist"]
    other = await clinic.hire("therapist")
    profile = {"languages": ["es"], "modalities": ["ifs"]}
    await clinic.post(f"/v1/practitioners/{other}/profile", profile, "ops_admin")
    await clinic.give(other, "training_maps", None, until="2028-01-01")

    assert set(await looked_up(clinic)) == {first, other}
    for wish in ({"language": "es"}, {"modality": "ifs"}, {"training": "training_maps"}):
        assert await looked_up(clinic, **wish) == [other]
    assert await looked_up(clinic, site_id=clinic.site) == [first]
    soonest = await clinic.get("/v1/directory", visit_type="integration")
    assert [one["next_free_at"] is not None for one in soonest.json()["items"]] == [True, False]


async def test_patient_reviews_who_took_part_once_it_took_place(clinic: Clinic) -> None:
    patient, therapist = uuid4(), clinic.staff["therapist"]
    body = clinic.dosing(patient, visit_type="integration", route=None, room_id=None)
    visit = (await clinic.book({**body, "staff": {"therapist": therapist}})).json()

    async def review(who: UUID, practitioner: str) -> Any:
        client = clinic.service.client("patient", network=clinic.network, patient=who)
        said = {"practitioner_id": practitioner, "rating": 5, "codes": ["listens"]}
        async with client:
            return await client.post(f"/v1/visits/{visit['id']}/reviews", json=said)

    early = await review(patient, therapist)
    await change(clinic, visit, "check-in", {"escort_confirmed": False})
    await change(clinic, visit, "completion", version=2)
    refused = [
        await review(uuid4(), therapist),
        await review(patient, clinic.staff["nurse"]),
    ]
    good = await review(patient, therapist)
    twice = await review(patient, therapist)

    assert [slug(one) for one in (early, *refused, twice)] == ["review_not_yours"] * 4
    assert good.status_code == 201, good.text
    (listing,) = (await clinic.get("/v1/directory")).json()["items"]
    assert (listing["reviews"], float(listing["rating"])) == (1, 5.0)
