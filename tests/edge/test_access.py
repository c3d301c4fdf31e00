"""Every service tells who had access, to whom it may be told, and ends access within seconds."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from kairos_chassis import audit
from kairos_chassis.access import cuts
from kairos_chassis.clock import FrozenClock
from kairos_chassis.testing.harness import Harness

from .services import all_roles, routes_of


async def read_record(
    service: Harness, network: UUID, patient: UUID, times: int = 1, action: str = "thing.read"
) -> None:
    """Somebody reads a patient's record."""
    for _ in range(times):
        act = audit.Act(
            action=action,
            purpose="TREAT",
            resource="/v1/things",
            request_id=uuid4(),
            source_address="192.0.2.7",
            caller=None,
        )
        async with service.db.transaction(network) as tx:
            audit.record(tx, act, "allowed", patient_id=patient)


async def test_patient_reads_who_read_their_record(service: Harness) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    await read_record(service, network, patient, times=3)
    await read_record(service, network, other)
    async with service.client("patient", network=network, patient=patient) as client:
        first = (await client.get("/v1/access-log", params={"limit": 2})).json()
        rest = await client.get(
            "/v1/access-log", params={"limit": 2, "cursor": first["next_cursor"]}
        )
    seen = [*first["items"], *rest.json()["items"]]
    # The third read, and reading the log itself, which is an access too.
    assert [one["action"] for one in seen] == ["thing.read"] * 3
    assert "source_address" not in seen[0]  # where staff sit is not the patient's business


@pytest.mark.parametrize("path", ["/v1/access-log?patient_id=", "/v1/fhir/AuditEvent?patient="])
async def test_patient_reads_nobody_else_s_log(service: Harness, path: str) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    await read_record(service, network, other)
    async with service.client("patient", network=network, patient=patient) as client:
        assert (await client.get(f"{path}{other}")).status_code == 404
        assert (await client.get(f"{path}{patient}")).status_code == 200


async def test_officer_names_the_patient(service: Harness) -> None:
    async with service.client("privacy_officer", network=uuid4()) as client:
        assert (await client.get("/v1/access-log")).status_code == 422
        assert (await client.get(f"/v1/access-log?patient_id={uuid4()}")).status_code == 200


async def test_officer_finds_what_is_asked_for_and_nothing_of_another_network(
    service: Harness,
) -> None:
    network, patient = uuid4(), uuid4()
    await read_record(service, network, patient, action="thing.read")
    await read_record(service, network, uuid4(), action="thing.change")
    await read_record(service, uuid4(), patient)
    asked = {
        f"patient_id={patient}": {"thing.read"},
        "action=thing.change": {"thing.change"},
        "outcome=refused": set(),
        f"actor={uuid4()}": set(),
        "until=2000-01-01T00:00:00Z": set(),
        "since=2000-01-01T00:00:00Z&action=thing.read": {"thing.read"},
    }
    for query, expected in asked.items():
        async with service.client("privacy_officer", network=network) as client:
            answer = await client.get(f"/v1/audit-entries?{query}")
        assert answer.status_code == 200, answer.text
        found = {one["action"] for one in answer.json()["items"]} - {"audit.search"}
        assert found == expected, query


async def test_search_is_in_the_trail_itself(service: Harness) -> None:
    network = uuid4()
    async with service.client("privacy_officer", network=network) as client:
        await client.get("/v1/audit-entries")
        (entry,) = (await client.get("/v1/audit-entries")).json()["items"]
    assert (entry["action"], entry["outcome"]) == ("audit.search", "allowed")


async def test_fhir_view_says_who_when_why_and_how_it_ended(service: Harness) -> None:
    network, patient = uuid4(), uuid4()
    await read_record(service, network, patient)
    async with service.client("patient", network=network, patient=patient) as client:
        answer = await client.get("/v1/fhir/AuditEvent")
    assert answer.headers["Content-Type"] == "application/fhir+json"
    (event,) = [one["resource"] for one in answer.json()["entry"]]
    assert event["resourceType"] == "AuditEvent"
    assert event["action"] == "R"
    assert event["outcome"] == "0"
    assert event["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"
    assert event["entity"][0]["what"] == {"reference": f"Patient/{patient}"}
    assert event["source"]["observer"]["display"] == f"kairos-{service.service.name}"


# --- access cut short --------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cuts are read with every request, so that no test waits."""
    monkeypatch.setattr(cuts, "REFRESH_SECONDS", -1.0)


async def cut(service: Harness, network: UUID, subject: UUID) -> int:
    body = {"subject": str(subject), "reason": "role_changed"}
    async with service.client("ops_admin", network=network) as client:
        answer = await client.post("/v1/access-cuts", json=body)
    assert answer.status_code == 201, answer.text
    within: int = answer.json()["effective_within_seconds"]
    return within


@pytest.mark.usefixtures("at_once")
async def test_old_token_ends_with_a_change_of_role_and_a_new_one_opens(service: Harness) -> None:
    network, subject, clock = uuid4(), uuid4(), service.clock
    method, path, route = next(one for one in routes_of(service.app) if not one[2].rules.unsafe)
    role = all_roles(route)[0]
    assert isinstance(clock, FrozenClock)
    began = clock.at
    async with (
        service.client(role, network=network, subject=subject) as old,
        service.client(role, network=network) as colleague,
        service.client(role, network=uuid4(), subject=subject) as elsewhere,
    ):
        assert (await old.request(method, path)).status_code != 401
        within = await cut(service, network, subject)
        assert (await old.request(method, path)).status_code == 401
        assert (await colleague.request(method, path)).status_code != 401
        assert (await elsewhere.request(method, path)).status_code != 401
    try:
        clock.advance(timedelta(seconds=2))
        async with service.client(role, network=network, subject=subject) as new:
            assert (await new.request(method, path)).status_code != 401
    finally:
        clock.at = began
    assert within == cuts.EFFECTIVE_SECONDS >= 2 * cuts.REFRESH_SECONDS


@pytest.mark.usefixtures("at_once")
async def test_token_from_the_future_does_not_outlive_a_cut(service: Harness) -> None:
    method, path, route = next(one for one in routes_of(service.app) if not one[2].rules.unsafe)
    future = int((service.clock.now() + timedelta(hours=1)).timestamp())
    now = int(service.clock.now().timestamp())
    claims = service.issuer.claims(
        roles=[all_roles(route)[0]], iat=future, nbf=now, exp=future + 3600
    )
    async with service.raw({"Authorization": f"Bearer {service.issuer.sign(claims)}"}) as client:
        assert (await client.request(method, path)).status_code == 401


async def test_process_that_cannot_read_the_cuts_admits_nobody(
    service: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, path, route = next(one for one in routes_of(service.app) if not one[2].rules.unsafe)
    blind = cuts.Cuts(service.db)
    monkeypatch.setattr(service.app.state.edge.verifier, "cuts", blind)

    async def fails() -> None:
        return None

    monkeypatch.setattr(blind, "_refresh", fails)
    async with service.client(all_roles(route)[0], network=uuid4()) as client:
        assert (await client.request(method, path)).status_code == 503
