"""One network's things do not exist for another, whatever it asks for and whoever asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

pytestmark = pytest.mark.timeout(420)

_PARAMETER = re.compile(r"{(\w+)}")
_NOT_STAFF = {"patient", "service"}


def known_ids(played: Played) -> dict[str, str]:
    """The id of a thing of each kind that the first journey made, by its name in paths."""
    known = {f"{name}_id": value for name, value in played.world.ids.items()}
    known["practitioner_id"] = str(played.world.lee.id)
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
        missing = names - known.keys()
        assert not missing, f"{path}: the journey makes no {missing}; tell this test one"
        roles = set(methods["get"]["x-kairos-roles"]) - _NOT_STAFF
        yield _PARAMETER.sub(lambda name: known[name[1]], path), min(roles)


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
    tried = list(_reads(platform, service, known_ids(played)))
    assert tried
    for path, role in tried:
        mine = _get(client, platform, service, path, role, played.network)
        assert mine.status_code == 200, (path, mine.text)  # else the next line would say nothing
        other = _get(client, platform, service, path, role, second.network)
        assert other.status_code == 404, path
        nowhere = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(UUID(int=7)), path)
        missing = _get(client, platform, service, nowhere, role, second.network)
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
