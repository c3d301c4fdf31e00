"""Lists and single reads: by day, site and patient, in pages, within network and site."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from .clinic import Clinic


async def ids(clinic: Clinic, **params: Any) -> list[str]:
    page = (await clinic.get("/v1/visits", **params)).json()
    return [one["id"] for one in page["items"]]


async def test_visits_by_local_day_site_and_patient(clinic: Clinic) -> None:
    today = await clinic.booked()
    evening = await clinic.booked(starts_at="2027-03-02T05:00:00Z")  # 22:00 on the 1st in Denver
    start = clinic.service.clock.now() + timedelta(days=1)
    tomorrow = await clinic.booked(starts_at=start.isoformat())

    assert await ids(clinic, day="2027-03-01") == [today["id"], evening["id"]]
    assert await ids(clinic, day="2027-03-02") == [tomorrow["id"]]
    assert await ids(clinic, site_id=clinic.site, day="2027-03-02") == [tomorrow["id"]]
    assert await ids(clinic, site_id=str(uuid4())) == []
    assert await ids(clinic, patient_id=today["patient_id"]) == [today["id"]]


async def test_pages_follow_signed_cursors(clinic: Clinic) -> None:
    booked = [
        await clinic.booked(starts_at=(clinic.service.clock.now() + timedelta(days=n)).isoformat())
        for n in (1, 2, 3)
    ]

    first = await clinic.get("/v1/visits", limit=2)
    rest = await clinic.get("/v1/visits", limit=2, cursor=first.json()["next_cursor"])
    forged = await clinic.get("/v1/visits", cursor="AAAA")
    elsewhere = await clinic.get("/v1/sites", cursor=first.json()["next_cursor"])

    seen = [one["id"] for one in first.json()["items"] + rest.json()["items"]]
    assert seen == [one["id"] for one in booked]
    assert rest.json()["next_cursor"] is None
    assert [forged.status_code, elsewhere.status_code] == [400, 400]


async def test_visits_of_other_sites_are_left_out(clinic: Clinic) -> None:
    visit = await clinic.booked()
    service, network = clinic.service, clinic.network

    async with service.client("nurse", network=network, sites=[str(uuid4())]) as client:
        assert (await client.get("/v1/visits")).json()["items"] == []
        assert (await client.get(f"/v1/visits/{visit['id']}")).status_code == 403
    async with service.client("nurse", network=network, sites=[clinic.site]) as client:
        assert len((await client.get("/v1/visits")).json()["items"]) == 1
        assert (await client.get(f"/v1/visits/{visit['id']}")).headers["ETag"] == '"v1"'


async def test_other_networks_objects_are_as_good_as_missing(clinic: Clinic) -> None:
    visit = await clinic.booked()
    paths = [
        "/v1/visits/{}".format,
        "/v1/sites/{}".format,
        "/v1/sites/{}/rooms".format,
        "/v1/practitioners/{}".format,
    ]
    known = [visit["id"], clinic.site, clinic.site, clinic.staff["nurse"]]

    async with clinic.service.client("ops_admin", network=uuid4()) as client:
        for path, one in zip(paths, known, strict=True):
            foreign, missing = await client.get(path(one)), await client.get(path(uuid4()))
            assert foreign.status_code == missing.status_code == 404
            documents = foreign.json(), missing.json()
            assert len({one.pop("request_id") for one in documents}) == 2
            assert documents[0] == documents[1]
    assert (await clinic.get(f"/v1/visits/{visit['id']}")).status_code == 200


async def test_sites_rooms_practitioners_and_visit_types_are_listed(clinic: Clinic) -> None:
    assert [one["id"] for one in (await clinic.get("/v1/sites")).json()["items"]] == [clinic.site]
    rooms = (await clinic.get(f"/v1/sites/{clinic.site}/rooms")).json()["items"]
    assert rooms == [{"id": clinic.room, "site_id": clinic.site, "name": "Blue"}]
    room = await clinic.get(f"/v1/sites/{clinic.site}/rooms/{clinic.room}")
    assert room.json() == rooms[0]
    people: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await clinic.get("/v1/practitioners", limit=2, **cursor)).json()
        people += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert {one["id"] for one in people} == set(clinic.staff.values())
    types = (await clinic.get("/v1/visit-types")).json()["items"]
    (im,) = [one for one in types if one["code"] == "dosing_im"]
    assert im["minimum_watch_minutes"] == 120
    assert im["staff"]["nurse"] == ["nursing_licence", "bls"]


async def test_every_read_of_a_visit_is_audited_with_its_patient(clinic: Clinic) -> None:
    visit = await clinic.booked()
    await clinic.get(f"/v1/visits/{visit['id']}")

    entries = await clinic.service.rows("audit_entry", clinic.network)
    read = [one for one in entries if one["action"] == "visit.read"]
    assert [one["patient_id"] for one in read] == [UUID(visit["patient_id"])]
