"""A word in every field that takes one, on every route of every service, with debug logs; and
errors forced where none would come: it is in no log, span, metric, record or error."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import structlog
from kairos_chassis import telemetry
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.route import KairosRoute
from kairos_chassis.process import Service
from kairos_chassis.testing.databases import ServiceDatabase
from kairos_chassis.testing.harness import Harness, running
from kairos_cli.demo.journey import Played
from kairos_cli.machinery import ring_file, role_url
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from prometheus_client import generate_latest

from .bodies import instance
from .collector import Collector
from .records import read
from .test_canary import found, logs, metrics, on_broker

pytestmark = pytest.mark.timeout(420)
_WRITTEN = io.StringIO()  # one for all: a logger keeps the output that it was first used with
_STAFF = (
    *("nurse", "prescriber", "therapist", "medical_director"),
    *("front_desk", "ops_admin", "pharmacist", "privacy_officer"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent of one word, and what came back."""

    word: str
    asked: int
    kept: int
    said: dict[str, bytes]


def planted(schema: Mapping[str, Any], word: str, now: str) -> Any:
    """A body that fits, with the word in every text that has no form of its own."""
    body = instance(schema, lambda _: str(uuid4()), now)
    return _put(body, word)


def _put(value: Any, word: str) -> Any:
    if isinstance(value, dict):
        return {name: _put(one, word) for name, one in value.items()}
    if isinstance(value, list):
        return [_put(one, word) for one in value]
    return word if isinstance(value, str) and set(value) == {"x"} else value


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any] | None]]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            content = one.get("requestBody", {}).get("content", {})
            schema = dict(next(iter(content.values()), {})).get("schema")
            yield method.upper(), path, None if schema is None else {**schema, "$defs": schemas}


@pytest.fixture(scope="module")
def sent(platform: Platform, played: Played) -> Sent:
    """The word in every body, path, query and header of every route, for a patient of that name."""
    word, network = f"kanari{secrets.token_hex(4)}", uuid4()
    said: dict[str, bytes] = {}
    asked = kept = 0
    now = platform.clock.now().isoformat()
    with httpx.Client(timeout=30, trust_env=False) as client:
        patient = _register(client, platform, network, word)
        for service in SERVICES:
            url = platform.urls[service]
            document = client.get(f"{url}/openapi.json").json()
            token = platform.mint(*_STAFF, network=network)
            for method, path, schema in _operations(document):
                filled = path.replace("{patient_id}", patient)
                for where in (filled, filled.replace("{", "").replace("}", "")):
                    headers = {
                        "Authorization": f"Bearer {token}",
                        "Idempotency-Key": f"{word}{secrets.token_hex(4)}",
                        "If-Match": f'"{word}"' if asked % 2 else '"v1"',
                        "X-Whatever": word,
                    }
                    body = None if schema is None else planted(schema, word, now)
                    # Streams would never end; what they refuse is an answer like any other.
                    query = {"cursor": word, "q": word, "patient_id": word}
                    answer = client.request(
                        method, url + where, json=body, headers=headers, params=query
                    )
                    asked += 1
                    kept += answer.status_code < 400
                    if answer.status_code >= 400:
                        said[f"{service} {method} {path} {asked}"] = answer.content
                    assert answer.status_code < 500, (method, path, answer.text)
    return Sent(word, asked, kept, said)


def _register(client: httpx.Client, platform: Platform, network: UUID, word: str) -> str:
    token = platform.mint("front_desk", network=network)
    person = {
        "given_name": word,
        "family_name": word,
        "born_on": "1962-11-29",
        "sex_at_birth": "female",
        "administrative_gender": "female",
        "preferred_language": "en",
        "zone": "America/Denver",
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    made = client.post(f"{platform.urls['intake']}/v1/patients", json=person, headers=headers)
    assert made.status_code == 201, made.text
    read_back = client.get(
        f"{platform.urls['intake']}/v1/patients/{made.json()['id']}", headers=headers
    )
    assert word in read_back.text  # else it would prove nothing that it is found nowhere
    return str(made.json()["id"])


async def test_word_of_no_field_leaves_the_record(
    sent: Sent, platform: Platform, collector: Collector
) -> None:
    assert sent.asked > 300
    assert len(sent.said) > 100
    word = [sent.word]
    assert found(word, sent.said) == set()
    assert found(word, logs(platform.state.logs)) == set()
    assert found(word, metrics(platform)) == set()
    spans = {f"{one.service} {one.name} {n}": one.raw for n, one in enumerate(collector.spans)}
    assert spans
    assert found(word, spans) == set()
    topics = [f"{service}.events" for service in SERVICES]
    assert found(word, on_broker(await read(platform.bootstrap, topics))) == set()


def _faults(word: str) -> list[Exception]:
    """Errors as they come from below, each quoting what somebody typed."""
    quoting = f'duplicate key value violates unique constraint "x" DETAIL: Key (name)=({word})'
    return [
        RuntimeError(f"no idea what {word} is"),
        KeyError(word),
        ValueError(f"{word} is no date"),
        asyncpg.UniqueViolationError(quoting),
        asyncpg.DataError(f"invalid input for query argument $1: {word!r}"),
        asyncpg.PostgresConnectionError(f"lost while sending {word}"),
        UnicodeDecodeError("utf-8", word.encode(), 0, 1, word),
    ]


@pytest.mark.parametrize("name", SERVICES)
async def test_word_in_an_error_from_below_is_told_to_nobody(
    name: str, platform: Platform, played: Played, tmp_path: Path
) -> None:
    word = f"kanari{secrets.token_hex(4)}"
    service: Service[Any] = import_module(f"{name}.wiring").SERVICE
    url = platform.database_url(name)
    extra: dict[str, Any] = {"key_ring_file": ring_file(platform.state, name)}
    if name == "dosing":
        (tmp_path / "token").write_text("unused")
        extra |= {"intake_url": "http://127.0.0.1:9", "service_token_file": tmp_path / "token"}
    if name == "integration":
        ((role, password),) = platform.state.secrets().side_passwords(name).items()
        notes = role_url(url, name, role, password)
        extra |= {"notes_database_url": notes, "sealing_key": "k" * 32}
    before = structlog.get_config()
    structlog.reset_defaults()
    telemetry.configure_logs(name, "debug", _WRITTEN)
    try:
        clock = FrozenClock(platform.clock.now())
        database = ServiceDatabase(name, url, url, url)
        async with running(service, database, clock, tmp_path, **extra) as harness:
            broken = [
                await _break(harness, fault, n, word) for n, fault in enumerate(_faults(word))
            ]
    finally:
        structlog.reset_defaults()
        structlog.configure(**before)
    said = {where: text for one in broken for where, text in one.said.items()}
    reads, writes = sum(one.reads for one in broken), sum(one.writes for one in broken)
    # All but those that ask for a query, or a body of a form that is not made here.
    assert len([one for one in said if one.startswith("GET")]) >= 0.7 * reads > 10
    assert len([one for one in said if not one.startswith("GET")]) >= 0.6 * writes > 10
    written = _WRITTEN.getvalue()
    assert "unhandled_error" in written
    assert found([word], {"log": written.encode(), "metric": generate_latest()}) == set()
    assert found([word], said) == set()


@dataclass(slots=True)
class Broken:
    """Routes whose work was made to fail, and what those said that came to work at all."""

    said: dict[str, bytes]
    reads: int = 0
    writes: int = 0


async def _break(harness: Harness, fault: Exception, number: int, word: str) -> Broken:
    """Routes whose work fails with that error, each asked with the word in its body."""
    broken = Broken({})
    routes = [one for one in harness.app.routes if isinstance(one, KairosRoute)]
    for route in routes[number::7]:  # each route with one of the errors
        role = sorted(set(route.rules.policy.roles) - {"patient", "service"})
        if not role or route.rules.capability_in_path:
            continue
        broken.reads += not route.rules.unsafe
        broken.writes += route.rules.unsafe
        endpoint: Any = route.app
        body = endpoint.signature.body
        content: dict[str, Any] = {}
        if body is not None:
            now = harness.clock.now().isoformat()
            content["json"] = planted(body[1].model_json_schema(), word, now)
        whole, endpoint.function = endpoint.function, _raising(fault)
        try:
            path = route.path.replace("{", "").replace("}", "")
            for name in route.param_convertors:
                path = path.replace(name, str(uuid4()))
            method = sorted(route.methods or ())[0]
            sent = {"If-Match": '"v1"'}
            async with harness.client(role[0], network=uuid4(), headers=sent) as client:
                answer = await client.request(method, path, **content)
            if answer.status_code >= 500:
                broken.said[f"{method} {route.path} {type(fault).__name__}"] = answer.content
        finally:
            endpoint.function = whole
    return broken


def _raising(fault: Exception) -> Callable[..., Any]:
    async def fails(**_: Any) -> None:
        raise fault

    return fails


def test_word_that_is_planted_is_found() -> None:
    """The twin: the search finds a word wherever it stands."""
    body = planted(
        {"type": "object", "properties": {"a": {"type": "string", "minLength": 3}}}, "kanari", "now"
    )
    assert body == {"a": "kanari"}
    assert found(["kanari"], {"log": b'{"event": "KANARI"}'}) == {("kanari", "log")}
