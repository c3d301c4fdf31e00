"""A service stands alone: floods are stopped, browsers are told what not to do, pages kept out."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from kairos_chassis.http.limits import Limiter
from kairos_chassis.http.safety import Origins
from kairos_chassis.settings import ServeSettings
from kairos_chassis.testing.harness import Harness
from pydantic import ValidationError

from .services import all_roles, routes_of

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cache-Control": "no-store",
}
PAGE = "https://desk.clinic.example"


@pytest.fixture
def edge(service: Harness) -> Iterator[None]:
    """Limits that a test can reach, and one page that may ask."""
    before = service.app.state.edge
    service.app.state.edge = replace(
        before,
        limiter=Limiter(3, strangers_per_minute=3),
        origins=Origins([PAGE]),
    )
    yield
    service.app.state.edge = before


async def read(client: httpx.AsyncClient, service: Harness) -> httpx.Response:
    method, path, _ = next(one for one in routes_of(service.app) if not one[2].rules.unsafe)
    return await client.request(method, path)


def reader(service: Harness) -> str:
    return all_roles(next(r for _, _, r in routes_of(service.app) if not r.rules.unsafe))[0]


@pytest.mark.usefixtures("edge")
async def test_who_asks_too_often_waits_and_nobody_else(service: Harness) -> None:
    network = uuid4()
    async with (
        service.client(reader(service), network=network) as flood,
        service.client(reader(service), network=network) as colleague,
    ):
        answers = [await read(flood, service) for _ in range(6)]
        other = await read(colleague, service)
    assert [one.status_code == 429 for one in answers] == [False] * 3 + [True] * 3
    assert answers[0].headers["RateLimit"] == '"default";r=2;t=20'
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert int(answers[-1].headers["Retry-After"]) in range(1, 21)
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert other.status_code != 429
    refused = [
        entry
        for entry in await service.rows("audit_entry", network)
        if entry["reason"] == "too_many_requests"
    ]
    assert len(refused) <= 1  # a flood does not write the trail full


@pytest.mark.usefixtures("edge")
async def test_stranger_s_flood_locks_nobody_out(service: Harness) -> None:
    async with service.raw({"Authorization": "Bearer nonsense"}) as stranger:
        answers = [(await read(stranger, service)).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]
    async with service.client(reader(service), network=uuid4()) as staff:  # of the same address
        assert (await read(staff, service)).status_code != 429


async def test_every_answer_tells_browsers_what_not_to_do(service: Harness) -> None:
    async with service.client(reader(service), network=uuid4()) as client:
        answers = [
            await read(client, service),
            await client.get("/healthz/live"),
            await client.get("/openapi.json"),
            await client.get("/v1/nothing-here"),
            await client.request("DELETE", "/metrics"),
        ]
    async with service.raw() as client:
        answers.append(await read(client, service))
    for answer in answers:
        assert {name: answer.headers.get(name) for name in SAFE} == SAFE, answer.url
        assert "Server" not in answer.headers


@pytest.mark.usefixtures("edge")
async def test_listed_page_may_ask(service: Harness) -> None:
    asks = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    async with service.client(reader(service), network=uuid4()) as client:
        first = await client.request("OPTIONS", "/v1/access-log", headers=asks)
        answer = await client.get("/v1/nothing-here", headers={"Origin": PAGE})
        second = await client.get("/v1/access-log", headers={"Origin": PAGE})
    assert first.status_code == 204
    assert "Idempotency-Key" in first.headers["Access-Control-Allow-Headers"]
    for one in (first, answer, second):
        assert one.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Access-Control-Allow-Credentials" not in one.headers
        assert one.headers["Vary"] == "Origin"


@pytest.mark.usefixtures("edge")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{PAGE}.evil.example", ""])
async def test_other_pages_may_not(service: Harness, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    async with service.client(reader(service), network=uuid4()) as client:
        for answer in (
            await client.request("OPTIONS", "/v1/access-log", headers=asks),
            await client.get("/v1/access-log", headers={"Origin": origin}),
        ):
            assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize("origins", ["*", "http://desk.clinic.example", "https://a.example/x"])
def test_open_doors_are_refused_as_settings(origins: str) -> None:
    with pytest.raises(ValidationError, match="origin"):
        settings(origins)


def test_listed_origins_are_read_as_settings() -> None:
    assert settings(f"{PAGE}, http://localhost:5173").cors_origins == (
        PAGE,
        "http://localhost:5173",
    )


def settings(origins: str) -> ServeSettings:
    return ServeSettings(
        database_url="postgresql://nobody@127.0.0.1/nothing",
        token_issuer="https://issuer.test",
        jwks_url="https://issuer.test/jwks",
        cursor_key="x" * 32,
        cors_origins=origins,
        key_ring_file="ring.json",
    )
