"""What a caller is told when the platform cannot, and what the trail says of it."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from kairos_chassis.http.problems import Problem
from kairos_chassis.http.route import KairosRoute
from kairos_chassis.testing.harness import Harness

from .services import all_roles, routes_of


def a_read(service: Harness) -> tuple[str, str, KairosRoute]:
    return next(one for one in routes_of(service.app) if not one[2].rules.unsafe)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (asyncpg.LockNotAvailableError("x"), 503),
        (asyncpg.DeadlockDetectedError("x"), 503),
        (asyncpg.QueryCanceledError("x"), 503),
        (asyncpg.AdminShutdownError("x"), 503),
        (asyncpg.TooManyConnectionsError("x"), 503),
        (ConnectionResetError(), 503),
        (asyncpg.InterfaceError("connection is closed"), 503),
        (asyncpg.DataError("a value of ours does not fit its column"), 500),
        (asyncpg.UndefinedColumnError("x"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_only_what_may_pass_another_time_is_worth_another_try(
    service: Harness, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    network = uuid4()
    method, path, route = a_read(service)

    async def fails(**_arguments: Any) -> None:
        raise error

    monkeypatch.setattr(route.app, "function", fails)
    async with service.client(all_roles(route)[0], network=network) as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    (entry,) = await service.rows("audit_entry", network)
    assert entry["outcome"] == "failed"


async def test_answer_that_no_transaction_has_audited_does_not_leave(
    service: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = uuid4()
    method, path, route = a_read(service)

    async def forgets(**_arguments: Any) -> Problem:
        return Problem(type="secret", title="", status=0, request_id="")

    monkeypatch.setattr(route.app, "function", forgets)
    async with service.client(all_roles(route)[0], network=network) as client:
        answer = await client.request(method, path)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert len(await service.rows("audit_entry", network)) == 1


async def test_service_that_names_no_network_is_refused_by_name(service: Harness) -> None:
    method, path, _route = a_read(service)
    subject = uuid4()
    claims = service.issuer.claims(roles=["service"], network=None, sub=str(subject))
    headers = {"Authorization": f"Bearer {service.issuer.sign(claims)}"}
    async with service.raw(headers=headers) as client:
        answer = await client.request(method, path)
    assert answer.json()["type"].endswith("network_required")
    admin = await asyncpg.connect(service.database.admin_url)
    try:
        sql = "SELECT outcome, reason FROM audit_entry WHERE actor = $1"
        (entry,) = await admin.fetch(sql, subject)
    finally:
        await admin.close()
    assert (entry["outcome"], entry["reason"]) == ("refused", "network_required")


async def test_wrong_method_is_told_the_right_one(service: Harness) -> None:
    async with service.raw() as client:
        answer = await client.request("DELETE", "/healthz/live")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


async def test_caller_who_leaves_in_the_middle_of_a_body_is_no_fault_of_ours(
    service: Harness,
) -> None:
    method, path, route = next(one for one in routes_of(service.app) if one[2].rules.unsafe)
    network = uuid4()
    claims = service.issuer.claims(roles=[all_roles(route)[0]], network=str(network))
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = {
        "authorization": f"Bearer {service.issuer.sign(claims)}",
        "content-type": "application/json",
        "content-length": "100",
        "idempotency-key": str(uuid4()),
    }
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
    }
    await service.app(scope, receive, send)
    assert sent[0]["status"] == 400
    (entry,) = await service.rows("audit_entry", network)
    assert (entry["outcome"], entry["reason"]) == ("refused", "body_incomplete")
