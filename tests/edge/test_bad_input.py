"""Hostile input gets a problem document that does not echo it, and leaves nothing behind.

Every unsafe route of every service is tried, found by asking the application for its routes.
"""

import json
from uuid import UUID, uuid4

import httpx
import pytest
from kairos_chassis.http.route import KairosRoute
from kairos_chassis.testing.harness import Harness

from .services import all_roles, fresh_network, routes_of

CANARY = "canary-7f3a"
HEADERS = {
    "Content-Type": "application/json",
    "If-Match": '"v1"',
    "Kairos-Acting-For": "018f0000-0000-7000-8000-000000000001",  # of services alone
}

HOSTILE = {
    "unknown field": json.dumps({CANARY: CANARY}).encode(),
    "not an object": json.dumps([CANARY]).encode(),
    "not json": b"{" + CANARY.encode(),
    "not utf-8": b'{"a": "\xff\xfe' + CANARY.encode() + b'"}',
    "NaN": b'{"systolic_mmhg": NaN, "x": "' + CANARY.encode() + b'"}',
    "infinity": b'{"systolic_mmhg": -Infinity}',
    "number beyond range": b'{"systolic_mmhg": 1e999}',
    "endless digits": b'{"systolic_mmhg": ' + b"1" * 5000 + b"}",
    "repeated key": b'{"patient_id": "1", "patient_id": "' + CANARY.encode() + b'"}',
    "deep nesting": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "deep array": b"[" * 100_000,
    "five megabytes": b'{"a": "' + b"x" * 5_000_000 + b'"}',
    "empty": b"",
}


async def try_route(
    service: Harness, route: KairosRoute, method: str, path: str, network: UUID, body: bytes
) -> httpx.Response:
    role = all_roles(route)[0]
    async with service.client(role, network=network, headers=HEADERS) as client:
        return await client.request(method, path, content=body)


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_body_is_refused_without_echo_or_trace(service: Harness, name: str) -> None:
    network = fresh_network()
    tried = 0
    for method, path, route in routes_of(service.app):
        if not route.rules.unsafe:
            continue
        answer = await try_route(service, route, method, path, network, HOSTILE[name])
        assert 400 <= answer.status_code < 500, f"{method} {route.path}: {answer.status_code}"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert CANARY not in answer.text
        tried += 1
    assert tried > 0
    assert await service.outboxed(network) == []
    assert await service.rows("idempotency_key", network) == []
    for entry in await service.rows("audit_entry", network):
        assert entry["outcome"] == "refused"
        assert CANARY not in str(dict(entry))


async def test_every_refusal_of_the_edge_is_audited(service: Harness) -> None:
    network = fresh_network()
    refused = 0
    for method, path, route in routes_of(service.app):
        if route.rules.unsafe:
            await try_route(service, route, method, path, network, HOSTILE["NaN"])
            refused += 1
    entries = await service.rows("audit_entry", network)
    assert len(entries) == refused
    assert all(entry["actor"] is not None for entry in entries)


async def test_media_type_other_than_json_is_refused(service: Harness) -> None:
    network = fresh_network()
    for method, path, route in routes_of(service.app):
        if not route.rules.unsafe or route.body_field is None:
            continue
        role = all_roles(route)[0]
        headers = HEADERS | {"Content-Type": "text/plain"}
        async with service.client(role, network=network, headers=headers) as client:
            answer = await client.request(method, path, content=b"{}")
        assert answer.status_code == 415


async def test_unsafe_request_without_idempotency_key_is_refused(service: Harness) -> None:
    network = fresh_network()
    for method, path, route in routes_of(service.app):
        if route.rules.unsafe:
            role = all_roles(route)[0]
            async with service.client(role, network=network) as client:
                sent = {"Idempotency-Key": "", **HEADERS}
                answer = await client.request(method, path, content=b"{}", headers=sent)
            assert answer.status_code == 400
            assert answer.json()["type"].endswith("idempotency_key_required")


async def test_id_that_is_no_id_is_missing_like_any_other(service: Harness) -> None:
    network = fresh_network()
    for method, _path, route in routes_of(service.app):
        if route.rules.unsafe or "{" not in route.path:
            continue
        # A capability that is none is refused as such: it is a credential, not an id.
        missing = 401 if route.rules.capability_in_path else 404
        path = "/".join(CANARY if "{" in part else part for part in route.path.split("/"))
        async with service.client(all_roles(route)[0], network=network) as client:
            answer = await client.request(method, path)
        assert answer.status_code == missing
        assert CANARY not in answer.text
    for entry in await service.rows("audit_entry", network):
        assert CANARY not in entry["resource"]


async def test_unknown_query_parameter_is_refused(service: Harness) -> None:
    network = fresh_network()
    for method, path, route in routes_of(service.app):
        if not route.rules.unsafe and not route.rules.capability_in_path:
            async with service.client(all_roles(route)[0], network=network) as client:
                answer = await client.request(method, path, params={"surprise": CANARY})
            assert answer.status_code in (404, 422)
            assert CANARY not in answer.text


async def test_unknown_path_is_a_problem_document_too(service: Harness) -> None:
    async with service.raw() as client:
        answer = await client.get(f"/v1/{CANARY}")
        wrong_method = await client.request("DELETE", "/healthz/live")
    assert answer.status_code == 404
    assert wrong_method.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert CANARY not in answer.text


async def test_good_token_and_good_request_pass(service: Harness) -> None:
    """The twin of all the above: the same client, asked properly, is answered."""
    network = fresh_network()
    answered: list[int] = []
    for method, path, route in routes_of(service.app):
        if not route.rules.unsafe and not route.rules.capability_in_path:
            async with service.client(all_roles(route)[0], network=network) as client:
                answer = await client.request(method, path)
            # Some lists must be told of what: that is the only other thing that may be wrong.
            if answer.status_code == 422:
                slug = answer.json()["type"].rpartition(":")[2]
                assert slug in {"invalid_payload", "stream_unclear"}, route.path
            else:
                answered.append(answer.status_code)
    assert len(answered) > 5
    assert set(answered) <= {200, 404}  # nothing is there yet, and nothing else is wrong


async def test_missing_object_is_404_on_every_read(service: Harness) -> None:
    for method, path, route in routes_of(service.app):
        if not route.rules.unsafe and "{" in route.path and not route.rules.capability_in_path:
            async with service.client(all_roles(route)[0], network=uuid4()) as client:
                answer = await client.request(method, path)
            assert answer.status_code in (200, 404), f"{path}: {answer.text}"
