"""Answers that are no JSON, bodies of another standard, capabilities and patients' own tokens."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from kairos_chassis.auth import Caller, Verifier
from kairos_chassis.capabilities import PREFIX, digest, mint
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database, Transaction
from kairos_chassis.http.app import create_app, openapi
from kairos_chassis.http.call import Call, Edge
from kairos_chassis.http.cursors import Cursors
from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, JsonDocument
from kairos_chassis.keys import FileKeys
from kairos_chassis.policy import admit_patient, policy
from kairos_chassis.probes import Probes
from kairos_chassis.testing.tokens import AUDIENCE, ISSUER, Issuer

from .conftest import NOON

READ = policy("thing.read", "nurse", "patient")
routes = Routes("things")
GIVEN: dict[bytes, Caller] = {}


class Got(Answer):
    """How many members were sent."""

    members: int


@routes.document("/v1/things/{thing_id}.csv", policy=READ, media_type="text/csv")
async def get_csv(call: Call, thing_id: UUID) -> Document:
    """A list."""
    admit_patient(call.caller, thing_id)
    async with call.transaction():
        return call.document(b"a,b\r\n", filename="things.csv")


@routes.document(
    "/v1/feeds/{capability}", policy=READ, media_type="text/calendar", capability_in_path=True
)
async def get_feed(call: Call) -> Document:
    """A calendar."""
    async with call.transaction():
        return call.document(b"BEGIN:VCALENDAR", filename="kairos.ics")


@routes.post("/v1/bundles", policy=READ, accepts="application/fhir+json", body_limit_bytes=200)
async def post_bundle(call: Call, body: JsonDocument) -> Got:
    """An import."""
    async with call.transaction():
        return call.answer(Got(members=len(body.root)))


async def find(_tx: Transaction, hashed: bytes) -> Caller | None:
    return GIVEN.get(hashed)


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(FrozenClock(NOON), tmp_path)


@pytest.fixture
async def client(db: Database, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    edge = Edge(
        db=db,
        verifier=Verifier(FileKeys(issuer.key_set()), ISSUER, AUDIENCE, db.clock),
        cursors=Cursors(b"c" * 32),
        body_limit_bytes=50,
        capabilities=find,
    )
    made = create_app(
        service="test", summary="", routes=[routes], deps=None, edge=edge, probes=Probes()
    )
    transport = httpx.ASGITransport(app=made)
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as opened:
        yield opened


def bearer(issuer: Issuer, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.sign(issuer.claims(**claims))}"}


def capability(network: UUID, **changes: Any) -> str:
    token, hashed = mint(network)
    facts: dict[str, Any] = {
        "subject": uuid4(),
        "network_id": network,
        "roles": frozenset({"patient"}),
        "sites": frozenset(),
        "expires_at": NOON + timedelta(minutes=1),
        "patient_id": uuid4(),
        **changes,
    }
    GIVEN[hashed] = Caller(**facts)
    return token


async def test_a_document_keeps_its_media_type_and_name(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    url = f"/v1/things/{uuid4()}.csv"
    answer = await client.get(url, headers=bearer(issuer, roles=["nurse"]))

    assert (answer.status_code, answer.content) == (200, b"a,b\r\n")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="things.csv"'
    assert (await client.get(url)).status_code == 401


@pytest.mark.parametrize("name", ['a".csv', "a b", "", "../a", "é.pdf"])
def test_a_name_that_could_break_a_header_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        Document(b"", name)


async def test_a_body_of_another_standard_is_taken_with_its_own_limit(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    async def post(body: str, media_type: str) -> httpx.Response:
        headers = bearer(issuer, roles=["nurse"]) | {
            "Content-Type": media_type,
            "Idempotency-Key": str(uuid4()),
        }
        return await client.post("/v1/bundles", content=body, headers=headers)

    long = '{"a": 1, "b": "' + "x" * 100 + '"}'
    answer = await post(long, "application/fhir+json; charset=utf-8")
    assert (answer.status_code, answer.json()) == (201, {"members": 2})
    assert (await post(long, "application/json")).status_code == 415
    assert (await post("[1]", "application/fhir+json")).status_code == 422
    assert (await post('{"a": NaN}', "application/fhir+json")).status_code == 400
    assert (await post('"' + "x" * 200 + '"', "application/fhir+json")).status_code == 413


def test_the_document_says_what_is_taken_and_given() -> None:
    made = create_app(
        service="test", summary="", routes=[routes], deps=None, edge=None, probes=Probes()
    )
    paths = openapi(made)["paths"]

    assert list(paths["/v1/bundles"]["post"]["requestBody"]["content"]) == ["application/fhir+json"]
    feed = paths["/v1/feeds/{capability}"]["get"]
    assert list(feed["responses"]["200"]["content"]) == ["text/calendar"]
    assert feed["security"] == []
    assert [p["name"] for p in feed["parameters"]] == ["capability"]


async def test_a_capability_opens_what_it_was_made_for(client: httpx.AsyncClient) -> None:
    patient, network = uuid4(), uuid4()
    token = capability(network, patient_id=patient)
    headers = {"Authorization": f"Bearer {token}"}

    assert (await client.get(f"/v1/feeds/{token}")).status_code == 200
    assert (await client.get(f"/v1/things/{patient}.csv", headers=headers)).status_code == 200
    assert (await client.get(f"/v1/things/{uuid4()}.csv", headers=headers)).status_code == 404


async def test_what_is_no_valid_capability_is_all_the_same(client: httpx.AsyncClient) -> None:
    network = uuid4()
    good = capability(network)
    expired = capability(network, expires_at=NOON)
    wrong = [
        expired,
        mint(network)[0],
        capability(network, network_id=uuid4()),
        good.replace(network.hex, uuid4().hex),
        good[:-1],
        good.upper(),
        PREFIX,
        "x" * 3000,
    ]
    answers = [await client.get(f"/v1/feeds/{token}") for token in wrong]

    assert {answer.status_code for answer in answers} == {401}
    assert len({str(a.json() | {"request_id": ""}) for a in answers}) == 1
    assert digest(good) in GIVEN


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": ["patient"]},
        {"roles": ["nurse"], "patient": str(uuid4())},
        {"roles": ["patient"], "patient": "Dana"},
        {"roles": ["patient"], "patient": 7},
    ],
)
async def test_a_patients_token_names_the_patient_and_no_other_does(
    client: httpx.AsyncClient, issuer: Issuer, claims: dict[str, Any]
) -> None:
    answer = await client.get(f"/v1/things/{uuid4()}.csv", headers=bearer(issuer, **claims))

    assert answer.status_code == 401


async def test_a_patient_reaches_their_own_and_nothing_else(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    patient = uuid4()
    headers = bearer(issuer, roles=["patient"], patient=str(patient))

    assert (await client.get(f"/v1/things/{patient}.csv", headers=headers)).status_code == 200
    assert (await client.get(f"/v1/things/{uuid4()}.csv", headers=headers)).status_code == 404
