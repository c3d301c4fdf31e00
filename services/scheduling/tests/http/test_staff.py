"""Sites and staff: what is kept, what is refused, and what others are told."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_chassis.testing.harness import Harness

from .clinic import Clinic, slug

LICENCE = {
    "kind": "nursing_licence",
    "number": "RN-4711",
    "issuer": "Board of Nursing",
    "state": "CO",
    "issued_on": "2026-01-01",
    "expires_on": "2027-12-31",
}


def somebody(**changes: Any) -> dict[str, Any]:
    return {
        "practitioner_id": str(uuid4()),
        "display_name": "Canary Park",
        "roles": ["nurse"],
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"zone": "America/Atlantis"}, "unknown_zone"),
        ({"zone": "../etc/passwd"}, "invalid_payload"),
        ({"state": "ZZ"}, "unknown_state"),
        ({"state": "co"}, "invalid_payload"),
        ({"name": "  "}, "invalid_payload"),
    ],
)
async def test_site_needs_a_real_zone_and_state(
    service: Harness, network: UUID, changes: dict[str, Any], expected: str
) -> None:
    good = {"name": "North", "zone": "America/Phoenix", "state": "AZ"}

    async with service.client("ops_admin", network=network) as client:
        refused = await client.post("/v1/sites", json={**good, **changes})
        kept = await client.post("/v1/sites", json=good)

    assert refused.status_code == 422
    assert slug(refused) == expected
    assert kept.status_code == 201
    assert kept.headers["Location"] == f"/v1/sites/{kept.json()['id']}"


async def test_names_and_numbers_never_leave_in_an_event(service: Harness, network: UUID) -> None:
    person = somebody()
    async with service.client("ops_admin", network=network) as client:
        await client.post("/v1/practitioners", json=person)
        path = f"/v1/practitioners/{person['practitioner_id']}/credentials"
        assert (await client.post(path, json=LICENCE)).status_code == 201

    registered, recorded = await service.outboxed(network)
    assert registered.type == "scheduling.practitioner_registered.v1"
    assert recorded.type == "scheduling.credential_recorded.v1"
    assert registered.key == recorded.key == person["practitioner_id"]
    assert registered.data["roles"] == ["nurse"]
    assert recorded.data["kind"] == "nursing_licence"
    for row in await service.rows("outbox", network):
        for secret in (b"Canary", b"4711", b"Board"):
            assert secret not in row["data"]


async def test_practitioner_is_registered_once_in_a_network(service: Harness) -> None:
    person, one, other = somebody(), uuid4(), uuid4()

    async with service.client("ops_admin", network=one) as client:
        first = await client.post("/v1/practitioners", json=person)
        again = await client.post("/v1/practitioners", json=person)
    async with service.client("ops_admin", network=other) as client:
        elsewhere = await client.post("/v1/practitioners", json=person)

    assert [first.status_code, again.status_code, elsewhere.status_code] == [201, 409, 201]
    assert slug(again) == "practitioner_registered"
    assert len(await service.outboxed(one)) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "driving_licence"}, "unknown_credential_kind"),
        ({"state": None}, "credential_state"),
        ({"kind": "bls"}, "credential_state"),
        ({"state": "ZZ"}, "unknown_state"),
        ({"expires_on": "2025-12-31"}, "credential_dates"),
        ({"expires_on": "2026-02-30"}, "invalid_payload"),
        ({"number": ""}, "invalid_payload"),
    ],
)
async def test_unfit_credential_is_not_kept(
    service: Harness, network: UUID, changes: dict[str, Any], expected: str
) -> None:
    person = somebody()
    path = f"/v1/practitioners/{person['practitioner_id']}/credentials"

    async with service.client("ops_admin", network=network) as client:
        await client.post("/v1/practitioners", json=person)
        answer = await client.post(path, json={**LICENCE, **changes})

    assert answer.status_code == 422
    assert slug(answer) == expected
    assert await service.rows("credential", network) == []
    assert len(await service.outboxed(network)) == 1


async def test_suspension_adds_a_version_and_keeps_the_first(
    service: Harness, network: UUID
) -> None:
    person = somebody()
    path = f"/v1/practitioners/{person['practitioner_id']}/credentials"

    async with service.client("ops_admin", network=network) as client:
        await client.post("/v1/practitioners", json=person)
        credential = (await client.post(path, json=LICENCE)).json()
        suspended = await client.post(f"{path}/{credential['id']}/suspension")
        unknown = await client.post(f"{path}/{uuid4()}/suspension")
        (listed,) = (await client.get(path)).json()["items"]

    assert suspended.json()["version"] == 2
    assert listed["status"] == "suspended"
    assert slug(unknown) == "credential_not_found"
    rows = await service.rows("credential", network)
    assert sorted((row["version"], row["status"]) for row in rows) == [
        (1, "active"),
        (2, "suspended"),
    ]
    event = (await service.outboxed(network))[-1]
    assert event.data["status"] == "suspended"
    assert event.data["credential_id"] == credential["id"]


async def test_only_administrators_change_staff(clinic: Clinic) -> None:
    path = f"/v1/practitioners/{clinic.staff['nurse']}/credentials"

    assert slug(await clinic.post(path, LICENCE, "nurse")) == "not_permitted"
    assert slug(await clinic.post("/v1/practitioners", somebody(), "nurse")) == "not_permitted"
    assert (await clinic.get(path)).status_code == 403
