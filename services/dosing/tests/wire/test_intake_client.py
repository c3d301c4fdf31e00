"""Asking intake: only a clear yes about this patient and route is a yes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from dosing.domain.clearance import Answer, Confirmed, NotCleared, Unreachable
from dosing.intake_client import IntakeClient, TokenFile

PATIENT = uuid4()
YES = {
    "confirmation_id": str(uuid4()),
    "patient_id": str(PATIENT),
    "route": "im",
    "clearance_version": 4,
    "extra_monitoring": [],
    "confirmed_at": "2027-03-01T18:00:00Z",
    "valid_until": "2027-03-01T18:00:10Z",
    "added_later": True,
}
NO = {"type": "urn:kairos:problem:not_cleared", "rules": ["no_consent"], "clearance_version": 4}


async def ask(handler: Callable[[httpx.Request], httpx.Response], token: Path) -> Answer:
    client = IntakeClient(
        "http://intake.test",
        TokenFile(token),
        timeout_seconds=1,
        transport=httpx.MockTransport(handler),
    )
    try:
        return await client.confirm(PATIENT, "im", network_id=UUID(int=1), acting_for=UUID(int=2))
    finally:
        await client.close()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("first\n")
    return path


async def test_yes_is_read(token: Path) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(201, json=YES)

    said = await ask(answer, token)

    assert isinstance(said, Confirmed)
    assert said.version == 4
    assert asked[0].url.path == f"/v1/patients/{PATIENT}/clearance/confirmations"
    assert asked[0].content == b'{"route":"im"}'
    assert asked[0].headers["Kairos-Acting-For"] == str(UUID(int=2))
    assert asked[0].headers["Authorization"] == "Bearer first"


async def test_no_is_read_with_its_reasons(token: Path) -> None:
    assert await ask(lambda _: httpx.Response(409, json=NO), token) == NotCleared(
        reasons=("no_consent",)
    )
    assert await ask(lambda _: httpx.Response(404), token) == NotCleared(
        reasons=("patient_unknown",)
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {**YES, "patient_id": str(uuid4())}),
        (201, {**YES, "route": "iv"}),
        (201, {**YES, "clearance_version": "4"}),
        (201, {**YES, "valid_until": "soon"}),
        (201, {"cleared": True}),
        (200, YES),
        (302, YES),
        (401, {}),
        (403, {}),
        (409, {"type": "urn:kairos:problem:something_else"}),
        (429, {}),
        (500, {}),
        (503, {}),
    ],
)
async def test_anything_else_is_no_answer(token: Path, status: int, body: dict[str, Any]) -> None:
    assert await ask(lambda _: httpx.Response(status, json=body), token) == Unreachable()


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.ReadError])
async def test_no_connection_is_no_answer(token: Path, error: type[httpx.TransportError]) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error("away")

    assert await ask(fail, token) == Unreachable()


async def test_missing_token_is_no_answer(token: Path) -> None:
    gone = token.with_suffix(".gone")

    assert await ask(lambda _: httpx.Response(201, json=YES), gone) == Unreachable()


def test_token_is_read_again_when_it_changes(token: Path) -> None:
    file = TokenFile(token)
    assert file.read() == "first"
    new = token.with_suffix(".new")
    new.write_text("second and longer")
    new.replace(token)
    assert file.read() == "second and longer"
