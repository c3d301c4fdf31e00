"""kairos rules sign|publish: who it is stands in a token, which intake checks."""

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
ASKED = "http://127.0.0.1:1"


@pytest.fixture
def kairos(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Kairos:
    """Runs the command."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kairos", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An overlay."""
    path = tmp_path / "overlay.toml"
    path.write_text('version = "t-1"\nchanges = [{ rule = "C13" }]\n')
    return path


def answering(
    monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any]
) -> list[dict[str, Any]]:
    """What was asked, instead of intake."""
    asked: list[dict[str, Any]] = []

    def post(url: str, **what: Any) -> httpx.Response:
        asked.append({"url": url, **what})
        return httpx.Response(status, json=body)

    monkeypatch.setattr(httpx, "post", post)
    return asked


def test_signature_goes_to_intake_under_the_signers_token(
    kairos: Kairos, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, 201, {"sha256": "ab", "loosens": ["C11"]})
    code, said, _ = kairos("rules", "sign", str(file), "--token", "t", "--url", ASKED)
    assert (code, said.splitlines()) == (0, ["signed ab", "loosens: C11"])
    (request,) = asked
    assert request["url"] == f"{ASKED}/v1/rule-signatures"
    assert request["headers"]["Authorization"] == "Bearer t"
    assert request["json"] == {"version": "t-1", "changes": [{"rule": "C13"}]}


def test_refusal_is_told_with_its_rules(
    kairos: Kairos, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = {"title": "These rules would protect less.", "rules": ["C11"]}
    answering(monkeypatch, 409, problem)
    code, said, complaint = kairos("rules", "publish", str(file), "--token", "t", "--url", ASKED)
    assert (code, said) == (3, "")
    assert complaint.strip() == "These rules would protect less.: C11"


def test_publication_is_told_for_programs_as_well(
    kairos: Kairos, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"kind": "overlay", "version": "t-1", "signed_by": None}
    answering(monkeypatch, 201, made)
    words = ("rules", "publish", str(file), "--token", "t", "--url", ASKED)
    _, said, _ = kairos(*words)
    _, document, _ = kairos(*words, "--json")
    assert said.splitlines() == ["overlay t-1 is in force", "signed by nobody"]
    assert json.loads(document) == made


@pytest.mark.parametrize("act", ["sign", "publish"])
def test_without_a_token_nobody_signs(kairos: Kairos, file: Path, act: str) -> None:
    code, _, complaint = kairos("rules", act, str(file), "--url", ASKED)
    assert code == 2
    assert "--token" in complaint


def test_silent_intake_is_no_signature(kairos: Kairos, file: Path) -> None:
    code, _, complaint = kairos("rules", "sign", str(file), "--token", "t", "--url", ASKED)
    assert (code, complaint.strip()) == (3, "intake does not answer")
