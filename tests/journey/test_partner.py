"""A partner's program at the really started platform: assertion, token, and what it may read."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from kairos_chassis.http.token_endpoint import CONFIGURATION_PATH, TOKEN_PATH
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

from .partner import Partner

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30, trust_env=False) as made:
        yield made


@pytest.fixture(scope="module")
def assessed(client: httpx.Client, platform: Platform, partner: Partner) -> str:
    """Where the assessments of a patient of the partner's network are read."""
    token = platform.mint("nurse", network=partner.network)
    person = {
        "given_name": "Ada",
        "family_name": "Observed",
        "born_on": "1980-01-01",
        "sex_at_birth": "female",
        "administrative_gender": "female",
        "preferred_language": "en",
        "zone": "UTC",
    }

    def post(path: str, body: dict[str, str]) -> str:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        made = client.post(platform.urls["intake"] + path, json=body, headers=headers)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    patient = post("/v1/patients", person)
    path = f"/v1/patients/{patient}/assessments"
    post(path, {"instrument": "phq9"})
    return path


def read(client: httpx.Client, url: str, token: str) -> httpx.Response:
    return client.get(url, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("alg", ["RS384", "ES384"])
def test_program_gets_a_token_and_reads_what_its_scope_names(
    client: httpx.Client,
    platform: Platform,
    partner: Partner,
    assessed: str,
    played: Played,
    alg: str,
) -> None:
    intake = platform.urls["intake"]
    told = client.get(intake + CONFIGURATION_PATH).json()
    assert told["token_endpoint"] == partner.public + TOKEN_PATH
    answer = partner.ask(client, intake, partner.assertion(platform.clock.now(), alg))
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    found = read(client, intake + assessed, token)
    assert (found.status_code, len(found.json()["items"])) == (200, 1)
    # Neither what its scope does not name, nor another network's, nor another service's.
    assert read(client, intake + assessed.replace("/assessments", ""), token).status_code == 403
    other = f"/v1/patients/{played.world.ids['patient']}/assessments"
    assert read(client, intake + other, token).status_code == 404
    elsewhere = f"{platform.urls['integration']}/v1/patients/{uuid4()}/outcomes/phq9"
    assert read(client, elsewhere, token).status_code == 401


@pytest.mark.parametrize("service", SERVICES)
def test_assertion_is_taken_once_for_its_address_and_by_its_key(
    client: httpx.Client, platform: Platform, partner: Partner, service: str
) -> None:
    address, now = platform.urls[service], platform.clock.now()
    good = partner.assertion(now, "ES384")
    assert partner.ask(client, address, good).status_code == 200
    stranger = Partner.registered(partner.file.parent.with_name(f"stranger-{service}-{uuid4()}"))
    refused = [
        good,  # again
        partner.assertion(now, "ES384", aud=address + TOKEN_PATH),
        partner.assertion(now, "ES384", exp=int(now.timestamp()) - 60),
        partner.assertion(now, "RS384", sub="another"),
        stranger.assertion(now, "ES384", iss=partner.client, sub=partner.client),
    ]
    for one in refused:
        answer = partner.ask(client, address, one)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
