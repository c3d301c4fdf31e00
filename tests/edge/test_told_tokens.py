"""A token told in an answer can be read from no database, and a repeat hears it again."""

import base64
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import orjson
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from kairos_chassis import capabilities
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.sealed_answers import AnswerSealer
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

from .conftest import NOON
from .services import service_of

_TOKEN = re.compile(r"kcap_[0-9a-f]{32}_[A-Za-z0-9_-]{43}")
PERSON = {
    "given_name": "Ada",
    "family_name": "Lovelace",
    "born_on": "1990-12-10",
    "sex_at_birth": "female",
    "administrative_gender": "female",
    "phone": "+13035550100",
    "preferred_language": "en",
    "zone": "America/Denver",
}


@pytest.fixture(scope="module")
async def scheduling(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    database = await databases.make("scheduling")
    folder = tmp_path_factory.mktemp("calendars")
    async with running(service_of("scheduling"), database, FrozenClock(NOON), folder) as started:
        yield started


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
    async with intake.client("nurse", network=network, subject=subject) as nurse:
        made = await nurse.post("/v1/patients", json=PERSON)
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


async def test_told_referral_token_is_in_no_row(intake: Harness) -> None:
    body = {"indication": "ptsd", "referrer_name": "Dr Elsewhere"}
    async with intake.client("front_desk", network=uuid4()) as desk:
        told = await desk.post("/v1/referrals", json=body)
    assert told.status_code == 201, told.text
    (token,) = _TOKEN.findall(told.text)
    async with intake.raw(headers={"Authorization": f"Bearer {token}"}) as referrer:
        assert (await referrer.get("/v1/referral-status")).status_code == 200
    assert token not in (rows := await everything(intake))
    assert str(capabilities.digest(token)) in rows  # the search does find what is there


async def test_told_calendar_address_is_in_no_row(scheduling: Harness) -> None:
    network, subject = uuid4(), uuid4()
    async with scheduling.client("front_desk", network=network, subject=subject) as nurse:
        told = await nurse.post(
            "/v1/calendar-feeds", json={"kind": "patient", "subject_id": str(subject)}
        )
    assert told.status_code == 201, told.text
    (token,) = _TOKEN.findall(told.text)
    async with scheduling.raw() as anybody:
        assert (await anybody.get(f"/v1/calendars/{token}")).status_code == 200
    assert token not in (rows := await everything(scheduling))
    assert str(capabilities.digest(token)) in rows


async def test_name_that_was_answered_is_not_kept_for_repeats_in_clear(intake: Harness) -> None:
    network, subject, name = uuid4(), uuid4(), f"Ada{uuid4().hex}"
    key = {"Idempotency-Key": str(uuid4())}
    async with intake.client("nurse", network=network, subject=subject) as nurse:
        first = await nurse.post("/v1/patients", json={**PERSON, "given_name": name}, headers=key)
        again = await nurse.post("/v1/patients", json={**PERSON, "given_name": name}, headers=key)
    assert (first.status_code, again.content) == (201, first.content)
    rows = await intake.rows("idempotency_key", network)
    assert [name.encode() in bytes(row["body"]) for row in rows] == [False]


def test_answer_of_an_older_version_is_still_told() -> None:
    assert AnswerSealer(b"s" * 32).open(b'{"id": 1}', b"r" * 32) == b'{"id": 1}'


def test_key_of_an_answer_is_that_of_the_standard() -> None:
    """What another process, of an older version too, has sealed under HKDF-SHA256 opens here."""
    request, secret = b"r" * 32, b"s" * 32
    key = HKDF(SHA256(), 32, salt=request, info=b"kairos answers that tell a token").derive(secret)
    kept = orjson.loads(AnswerSealer(secret).seal(b"told", request))["kairos_sealed_answer"]
    nonce, sealed = base64.b64decode(kept)[:12], base64.b64decode(kept)[12:]
    assert AESGCM(key).decrypt(nonce, sealed, request) == b"told"


def test_sealed_answer_opens_for_its_request_and_secret_only() -> None:
    sealer = AnswerSealer(b"s" * 32)
    body = b'{"token": "kcap_x"}'
    kept = sealer.seal(body, b"r" * 32)
    assert b"kcap" not in kept
    assert sealer.open(kept, b"r" * 32) == body
    for other, request in ((sealer, b"q" * 32), (AnswerSealer(b"t" * 32), b"r" * 32)):
        with pytest.raises(InvalidTag):
            other.open(kept, request)
