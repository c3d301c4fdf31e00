"""One network's things do not exist for another, whatever it asks for and whoever asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

pytestmark = pytest.mark.timeout(420)

_PARAMETER = re.compile(r"{(\w+)}")
_NOT_STAFF = {"patient", "service"}
# What one person alone may read in their network: services/integration/tests/http proves it.
_ONE_PERSONS_OWN = {"draft_id", "note_id", "entry_id"}
# What the first day makes none of. That their rows are seen in their network only is proven for
# every table in tests/boundaries/test_migrations.py; the crawler asks for foreign ids here too.
_NOT_OF_THE_FIRST_DAY = {"proposal_id", "referral_id", "hold_id", "course_id"}


def known_ids(played: Played) -> dict[str, str]:
    """The id of a thing of each kind that the first journey made, by its name in paths."""
    known = {f"{name}_id": value for name, value in played.world.ids.items()}
    known["practitioner_id"] = str(played.world.lee.id)
    known["instrument"] = "phq9"
    for exchange in played.world.exchanges:
        if exchange.answer.status == 201 and "id" in exchange.answer.body:
            kind = exchange.path.rpartition("/")[2].removesuffix("s").replace("-", "_")
            known.setdefault(f"{kind}_id", str(exchange.answer.body["id"]))
    return known


def _reads(platform: Platform, service: str, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Path and a role it admits, of every GET that names a thing. What is named by a code, such as
    an instrument, is everybody's.
    """
    document = httpx.get(f"{platform.urls[service]}/openapi.json", trust_env=False).json()
    for path, methods in document["paths"].items():
        names = set(_PARAMETER.findall(path))
        if "get" not in methods or not any(name.endswith("_id") for name in names):
            continue
        if names & (_ONE_PERSONS_OWN | _NOT_OF_THE_FIRST_DAY - known.keys()):
            continue
        missing = names - known.keys()
        assert not missing, f"{path}: the journey makes no {missing}; tell this test one"
        roles = set(methods["get"]["x-kairos-roles"]) - _NOT_STAFF
        yield _PARAMETER.sub(lambda name: known[name[1]], path), min(roles)


def make_what_the_first_day_does_not(
    client: httpx.Client, platform: Platform, played: Played
) -> dict[str, str]:
    """One of each thing that is read by its id, in the first journey's network: ids by name."""
    patient, network = played.world.ids["patient"], played.network
    calls = _get(client, platform, "integration", "/v1/safety-calls", "nurse", network).json()
    measures = _get(client, platform, "integration", "/v1/measures", "nurse", network).json()
    made = {
        "safety_call_id": calls["items"][0]["id"],
        "measure_id": measures["items"][0]["id"],
    }
    task = {"patient_id": patient, "words": "call", "role": "nurse"}
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "task_id": ("/v1/tasks", {**task, "due_at": "2027-03-09T16:00:00Z"}),
        "commitment_id": (
            f"/v1/patients/{patient}/commitments",
            {"behaviour": "walk", "confidence": 5, "zone": "UTC"},
        ),
        "red_flag_id": (
            "/v1/red-flags",
            {"patient_id": patient, "kind": "craving", "severity": "low"},
        ),
    }
    for name, (path, body) in bodies.items():
        token = platform.mint("therapist", network=network)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        url = platform.urls["integration"] + path
        answer = client.post(url, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        made[name] = answer.json()["id"]
    return made


def holds_anything(answer: httpx.Response) -> bool:
    """Whether a list that was answered has something in it."""
    if not answer.headers["Content-Type"].startswith("application/json"):
        return True
    body = answer.json()
    return any(bool(value) for value in body.values() if isinstance(value, list))


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """One client for all questions: making one is slow."""
    with httpx.Client(timeout=30, trust_env=False) as made:
        yield made


def _get(
    client: httpx.Client, platform: Platform, service: str, path: str, role: str, network: UUID
) -> httpx.Response:
    token = {"Authorization": f"Bearer {platform.mint(role, network=network)}"}
    return client.get(platform.urls[service] + path, headers=token)


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """A problem document without the number that every request has of its own."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_thing_of_one_network_is_missing_for_another(
    client: httpx.Client, platform: Platform, played: Played, second: Played, service: str
) -> None:
    known = known_ids(played)
    if service == "integration":
        known |= make_what_the_first_day_does_not(client, platform, played)
    tried = list(_reads(platform, service, known))
    assert tried
    for path, role in tried:
        mine = _get(client, platform, service, path, role, played.network)
        assert mine.status_code == 200, (path, mine.text)  # else the next line would say nothing
        other = _get(client, platform, service, path, role, second.network)
        nowhere = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(UUID(int=7)), path)
        missing = _get(client, platform, service, nowhere, role, second.network)
        if service == "integration" and path.startswith("/v1/patients/"):
            # It keeps no list of patients: nobody's is as empty as another network's.
            assert (other.status_code, other.content) == (200, missing.content), path
            assert other.content != mine.content or not holds_anything(mine), path
            continue
        assert other.status_code == 404, path
        assert _problem(other) == _problem(missing)


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("scheduling", "/v1/sites"),
        ("scheduling", "/v1/practitioners"),
        ("scheduling", "/v1/visits"),
        ("integration", "/v1/episodes"),
    ],
)
def test_lists_hold_a_network_s_own_things_only(
    client: httpx.Client,
    platform: Platform,
    played: Played,
    second: Played,
    service: str,
    path: str,
) -> None:
    def ids(network: UUID) -> set[str]:
        answer = _get(client, platform, service, path, "medical_director", network)
        assert answer.status_code == 200, answer.text
        return {
            str(item.get("id") or item.get("practitioner_id")) for item in answer.json()["items"]
        }

    assert ids(played.network)
    assert ids(played.network).isdisjoint(ids(second.network))
    assert ids(UUID(int=7)) == set()
