"""A team named in intake: who is not in it reads no chart of the patient, in any service.

Over the really started platform, with ids the journey made, and one and the same token throughout.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from kairos_chassis.care_team import WITHIN_SECONDS
from kairos_chassis.process import Service
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform
from kairos_cli.record import Record
from kairos_cli.services import SERVICES

from . import things
from .test_tenants import known_ids

pytestmark = pytest.mark.timeout(420)

_PARAMETER = re.compile(r"{(\w+)}")
_ROLE = "prescriber"  # may read whatever is marked
PATIENCE_S = 60.0  # a busy machine; the bound that is told is for one that is not


@pytest.fixture
async def nobody_named(platform: Platform, played: Played) -> AsyncIterator[None]:
    """Ends with no team, for whoever reads this patient after this test."""
    yield
    record = Record.read(platform.state)
    assert record is not None
    for service in SERVICES:
        address = urlsplit(record.admin_url)._replace(path=f"/{service}").geturl()
        connection = await asyncpg.connect(address)
        try:
            await connection.execute("DELETE FROM care_team WHERE network_id = $1", played.network)
        finally:
            await connection.close()


def marked(service: str, ids: dict[str, str]) -> Iterator[str]:
    """Path of every read that asks for the team, of things the journey made."""
    found: Service[Any] = import_module(f"{service}.wiring").SERVICE
    for one in (declared for group in found.routes for declared in group.declared):
        names = set(_PARAMETER.findall(one.path))
        if one.rules.policy.relation is not None and names and names <= ids.keys():
            yield _PARAMETER.sub(lambda name: ids[name[1]], one.path)


def test_team_bounds_every_chart_read_in_every_service(
    platform: Platform, played: Played, nobody_named: None
) -> None:
    patient, network = played.world.ids["patient"], played.network
    member, outsider = uuid4(), uuid4()
    with httpx.Client(timeout=30, trust_env=False) as client:
        ids = known_ids(played)
        ids |= things.of_integration(client, platform, played)
        ids |= things.of_intake(client, platform, played)
        ids["instrument"] = "phq9"
        # The last session of the journey goes on: whoever is there sees it. The first is over.
        going_on = [
            ("dosing", path) for path in marked("dosing", {"session_id": ids["session_id"]})
        ]
        over = {"Authorization": f"Bearer {platform.mint(_ROLE, network=network)}"}
        listed = client.get(f"{platform.urls['dosing']}/v1/sessions?state=discharged", headers=over)
        ids["session_id"] = listed.json()["items"][0]["id"]
        reads = [(s, path) for s in SERVICES for path in marked(s, ids)]
        assert {service for service, _ in reads} == {"intake", "dosing", "integration"}
        assert len(reads) >= 20

        def told(who: UUID, asked: list[tuple[str, str]] = reads) -> dict[tuple[str, str], int]:
            token = {
                "Authorization": "Bearer " + platform.mint(_ROLE, network=network, subject=who)
            }
            return {
                (s, path): client.get(platform.urls[s] + path, headers=token).status_code
                for s, path in asked
            }

        assert set(told(outsider).values()) == {200}  # no team was ever named
        name = {
            "Authorization": f"Bearer {platform.mint('medical_director', network=network)}",
            "Idempotency-Key": str(uuid4()),
        }
        url = f"{platform.urls['intake']}/v1/patients/{patient}/care-team-changes"
        named = client.post(url, json={"joins": [str(member)], "leaves": []}, headers=name)
        assert named.status_code == 200, named.text
        limit = time.monotonic() + max(PATIENCE_S, WITHIN_SECONDS)
        while set(told(outsider).values()) != {403} and time.monotonic() < limit:
            time.sleep(0.5)
        assert {one: status for one, status in told(outsider).items() if status != 403} == {}
        assert {one: status for one, status in told(member).items() if status != 200} == {}
        assert set(told(outsider, going_on).values()) == {200}
