"""Patients over HTTP: identity stays in intake, and nobody overwrites what they have not read."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_chassis.testing.harness import Harness

from .steps import DANA


async def test_registered_patient_is_announced_and_cleared_for_nothing(
    service: Harness, network: UUID
) -> None:
    async with service.client("front_desk", network=network) as client:
        answer = await client.post("/v1/patients", json=DANA)
        patient = answer.json()
        read = await client.get(answer.headers["Location"])

    assert answer.status_code == 201
    assert read.json() == patient
    registered, cleared = await service.outboxed(network)
    assert registered.type == "intake.patient_registered.v1"
    assert registered.key == cleared.key == patient["id"]
    assert cleared.data["clearance_version"] == 1
    assert {r["route"] for r in cleared.data["routes"] if r["cleared"]} == set()
    for row in await service.rows("outbox", network):
        assert b"Canary" not in row["data"]
        assert b"0142" not in row["data"]


async def test_changed_contact_needs_the_version_that_was_read(
    service: Harness, network: UUID
) -> None:
    async with service.client("front_desk", network=network) as client:
        registered = await client.post("/v1/patients", json=DANA)
        path, etag = registered.headers["Location"], registered.headers["ETag"]
        unseen = await client.patch(path, json={"phone": None})
        changed = await client.patch(path, json={"phone": None}, headers={"If-Match": etag})
        stale = await client.patch(
            path, json={"preferred_language": "es"}, headers={"If-Match": etag}
        )

    assert [unseen.status_code, changed.status_code, stale.status_code] == [428, 200, 412]
    assert changed.json()["phone"] is None
    assert changed.json()["preferred_language"] == "en-US"


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"born_on": "2027-03-02"}, "impossible_birth_date"),
        ({"born_on": "1884-06-02"}, "impossible_birth_date"),
        ({"zone": "Mars/Olympus"}, "invalid_payload"),
        ({"phone": "555-0142"}, "invalid_payload"),
        ({"sex_at_birth": "f"}, "invalid_payload"),
        ({"middle_name": "Q"}, "invalid_payload"),
    ],
)
async def test_unfit_identity_is_not_kept(
    service: Harness, network: UUID, changes: dict[str, Any], slug: str
) -> None:
    async with service.client("front_desk", network=network) as client:
        answer = await client.post("/v1/patients", json={**DANA, **changes})

    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:kairos:problem:{slug}"
    assert "Canary" not in answer.text
    assert await service.rows("patient", network) == []
    assert await service.outboxed(network) == []


async def test_other_networks_patient_is_as_good_as_missing(
    service: Harness, network: UUID
) -> None:
    async with service.client("front_desk", network=network) as client:
        path = (await client.post("/v1/patients", json=DANA)).headers["Location"]

    async with service.client("front_desk", network=uuid4()) as stranger:
        foreign, missing = await stranger.get(path), await stranger.get(f"/v1/patients/{uuid4()}")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["type"] == missing.json()["type"]
