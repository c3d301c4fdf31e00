"""One network's things do not exist for another, whatever it asks for and whoever asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from dosing.store.feed import first_id_of
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

from . import things

pytestmark = pytest.mark.timeout(420)

_PARAMETER = re.compile(r"{(\w+)}")
_NOT_STAFF = {"patient", "service"}
# What one person alone may read in their network: services/integration/tests/http proves it.
_ONE_PERSONS_OWN = {"draft_id", "note_id", "entry_id"}
# What no journey makes (a drug none gives, a biennial inventory): the crawler tries its routes.
_NO_JOURNEY_MAKES = {"form_id", "inventory_id"}


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


Known = dict[UUID, dict[str, str]]  # network to the ids of its things, by their names in paths


def _reads(platform: Platform, service: str, known: Known) -> Iterator[tuple[UUID, str, str]]:
    """Network, path and a role it admits, of every GET that names a thing. What is named by a code,
    such as an instrument, is everybody's.
    """
    told = httpx.get(f"{platform.urls[service]}/openapi.json", trust_env=False, timeout=30)
    document = told.json()
    for path, methods in document["paths"].items():
        names = set(_PARAMETER.findall(path))
        if "get" not in methods or not any(name.endswith("_id") for name in names):
            continue
        if names & (_ONE_PERSONS_OWN | _NO_JOURNEY_MAKES):
            continue
        where = next((one for one, ids in known.items() if names <= ids.keys()), None)
        assert where is not None, f"{path}: no journey makes all of {names}; tell this test one"
        ids = known[where]
        roles = set(methods["get"]["x-kairos-roles"]) - _NOT_STAFF
        yield where, _PARAMETER.sub(lambda name, ids=ids: ids[name[1]], path), min(roles)  # type: ignore[misc]


def _heard(platform: Platform, network: UUID, site: str) -> str:
    """What a stream of a site says within a moment, resumed from an hour ago."""
    token = platform.mint("nurse", network=network)
    headers = {
        "Authorization": f"Bearer {token}",
        "Last-Event-ID": str(first_id_of(datetime.now(UTC) - timedelta(hours=1))),
    }
    url, said = f"{platform.urls['dosing']}/v1/streams", ""
    with (
        suppress(httpx.ReadTimeout),
        httpx.Client(timeout=3, trust_env=False) as client,
        client.stream("GET", url, params={"site_id": site}, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        for text in answer.iter_text():
            said += text
    return said


def test_stream_of_another_network_s_site_says_nothing(
    platform: Platform, played: Played, second: Played
) -> None:
    site = played.world.ids["site_A"]
    mine = _heard(platform, played.network, site)
    assert played.world.ids["session"] in mine or "session_id" in mine
    assert "session_id" not in _heard(platform, second.network, site)


def test_calendar_of_one_network_opens_under_no_other(
    client: httpx.Client, platform: Platform, played: Played, second: Played
) -> None:
    """The address names its network: another in its place is as good as an address of nobody."""
    url = platform.urls["scheduling"]
    headers = {
        "Authorization": f"Bearer {platform.mint('front_desk', network=played.network)}",
        "Idempotency-Key": str(uuid4()),
    }
    body = {"kind": "practitioner", "subject_id": str(played.world.lee.id)}
    made = client.post(f"{url}/v1/calendar-feeds", json=body, headers=headers)
    assert made.status_code == 201, made.text
    (token,) = set(re.findall(r"kcap_[0-9a-f]{32}_[A-Za-z0-9_-]{43}", made.text))
    assert client.get(f"{url}/v1/calendars/{token}").status_code == 200
    foreign = client.get(
        f"{url}/v1/calendars/{token.replace(played.network.hex, second.network.hex)}"
    )
    nobody = client.get(f"{url}/v1/calendars/kcap_{second.network.hex}_{'x' * 43}")
    assert (foreign.status_code, _problem(foreign)) == (401, _problem(nobody))


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


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """A problem document without the number that every request has of its own."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_thing_of_one_network_is_missing_for_another(
    client: httpx.Client,
    platform: Platform,
    played: Played,
    second: Played,
    planned: Played,
    service: str,
) -> None:
    known: Known = {one.network: known_ids(one) for one in (played, planned)}
    if service == "integration":
        known[played.network] |= things.of_integration(client, platform, played)
    if service == "intake":
        known[played.network] |= things.of_intake(client, platform, played)
    tried = list(_reads(platform, service, known))
    assert tried
    for network, path, role in tried:
        mine = things.get(client, platform, service, path, role, network)
        assert mine.status_code == 200, (path, mine.text)  # else the next line would say nothing
        other = things.get(client, platform, service, path, role, second.network)
        nowhere = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(UUID(int=7)), path)
        missing = things.get(client, platform, service, nowhere, role, second.network)
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
        answer = things.get(client, platform, service, path, "medical_director", network)
        assert answer.status_code == 200, answer.text
        return {
            str(item.get("id") or item.get("practitioner_id")) for item in answer.json()["items"]
        }

    assert ids(played.network)
    assert ids(played.network).isdisjoint(ids(second.network))
    assert ids(UUID(int=7)) == set()
