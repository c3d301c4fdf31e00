"""A token told in an answer can be read from no database, and a repeat hears it again."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from kairos_chassis import capabilities
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.sealed_answers import AnswerSealer
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

from .conftest import NOON
from .services import service_of


@pytest.fixture(scope="module")
async def intake(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    database = await databases.make("intake")
    folder = tmp_path_factory.mktemp("told")
    async with running(service_of("intake"), database, FrozenClock(NOON), folder) as started:
        yield started


async def everything(service: Harness) -> str:
    """All rows of all tables, as whoever steals a copy of the database reads them."""
    admin = await asyncpg.connect(service.database.admin_url)
    try:
        tables = await admin.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        found = []
        for table in tables:
            rows = await admin.fetch(f"SELECT * FROM {table['name']}")
            found += [str([bytes(v) if isinstance(v, bytes) else v for v in row]) for row in rows]
        return "\n".join(found)
    finally:
        await admin.close()


async def test_told_link_is_in_no_row_and_a_repeat_hears_it(intake: Harness) -> None:
    network, subject = uuid4(), uuid4()
    person = {
        "given_name": "Ada",
        "family_name": "Lovelace",
        "born_on": "1990-12-10",
        "sex_at_birth": "female",
        "administrative_gender": "female",
        "phone": "+13035550100",
        "preferred_language": "en",
        "zone": "America/Denver",
    }
    async with intake.client("nurse", network=network, subject=subject) as nurse:
        made = await nurse.post("/v1/patients", json=person)
        assert made.status_code == 201, made.text
        path = f"/v1/patients/{made.json()['id']}/self-service-links"
        key = {"Idempotency-Key": str(uuid4())}
        body = {"instruments": ["phq9"]}
        first = await nurse.post(path, json=body, headers=key)
        assert first.status_code == 201, first.text
        again = await nurse.post(path, json=body, headers=key)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert capabilities.PREFIX in first.text
    assert capabilities.PREFIX not in await everything(intake)


def test_answer_that_tells_no_token_is_kept_as_it_is() -> None:
    sealer = AnswerSealer(b"s" * 32)
    assert sealer.seal(b'{"id": 1}', b"r" * 32) == b'{"id": 1}'
    assert sealer.open(b'{"id": 1}', b"r" * 32) == b'{"id": 1}'


def test_sealed_answer_opens_for_its_request_and_secret_only() -> None:
    sealer = AnswerSealer(b"s" * 32)
    body = b'{"token": "kcap_x"}'
    kept = sealer.seal(body, b"r" * 32)
    assert b"kcap" not in kept
    assert sealer.open(kept, b"r" * 32) == body
    for other, request in ((sealer, b"q" * 32), (AnswerSealer(b"t" * 32), b"r" * 32)):
        with pytest.raises(InvalidTag):
            other.open(kept, request)
