"""kairos protocols submit|sign|publish: who it is stands in a token, which dosing checks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from kairos_cli.main import main

Kairos = Callable[..., tuple[int, str, str]]
WHERE = ("--token", "t", "--url", "http://127.0.0.1:1")
NAMED = ("im", "3-cautious")
ACTS: dict[str, tuple[str, ...]] = {
    "sign": (*NAMED, "--sha256", "ab"),
    "publish": NAMED,
}


@pytest.fixture
def kairos(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Kairos:
    """Runs the command."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("KAIROS_TOKEN", raising=False)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kairos", "protocols", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def answering(monkeypatch: pytest.MonkeyPatch, status: int, **body: Any) -> list[dict[str, Any]]:
    """What was asked, instead of dosing."""
    asked: list[dict[str, Any]] = []

    def post(url: str, **what: Any) -> httpx.Response:
        asked.append({"url": url, **what})
        return httpx.Response(status, json=body)

    monkeypatch.setattr(httpx, "post", post)
    return asked


def test_signature_goes_to_dosing_under_the_signers_token(
    kairos: Kairos, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, 201, sha256="ab", signed_by="d1")
    code, said, _ = kairos("sign", *ACTS["sign"], *WHERE)
    assert (code, said.splitlines()) == (0, ["signed ab", "by d1"])
    (request,) = asked
    assert request["url"].endswith("/v1/protocol-signatures")
    assert request["headers"]["Authorization"] == "Bearer t"
    assert request["json"] == {"code": "im", "version": "3-cautious", "sha256": "ab"}


def test_version_is_submitted_as_its_whole_text(
    kairos: Kairos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.toml"
    file.write_text('code = "im"\nversion = "3-cautious"\n')
    kept = {"code": "im", "version": "3-cautious", "sha256": "ab"}
    asked = answering(monkeypatch, 201, **kept)
    _, document, _ = kairos("submit", str(file), *WHERE, "--json")
    assert json.loads(document) == kept
    assert asked[0]["json"] == {"content": {"code": "im", "version": "3-cautious"}}


def test_publication_says_what_is_in_force(kairos: Kairos, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, 201, code="im", version="3-cautious")
    code, said, _ = kairos("publish", *NAMED, *WHERE)
    assert (code, said.strip()) == (0, "im 3-cautious is in force")


def test_refusal_is_told(kairos: Kairos, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, 409, title="The protocol is not signed.")
    code, said, complaint = kairos("publish", *NAMED, *WHERE)
    assert (code, said, complaint.strip()) == (3, "", "The protocol is not signed.")


@pytest.mark.parametrize("act", sorted(ACTS))
def test_without_a_token_nobody_acts(kairos: Kairos, act: str) -> None:
    code, _, complaint = kairos(act, *ACTS[act], *WHERE[2:])
    assert code == 2
    assert "--token" in complaint


@pytest.mark.parametrize("act", sorted(ACTS))
def test_naming_somebody_is_no_way_to_act(kairos: Kairos, act: str) -> None:
    code, _, complaint = kairos(act, *ACTS[act], *WHERE, "--by", "d1")
    assert code == 2
    assert "--by" in complaint
