"""`kairos events` is the published language's own tool: same words, answers and exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest
from kairos_cli.main import main
from kairos_events.registry import events

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kairos_events(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `kairos events`; returns exit code, output and complaints."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kairos", "events", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return code or 0, said.out, said.err

    return run


def test_every_event_is_listed(kairos_events: Run) -> None:
    code, out, _ = kairos_events("list", "--json")

    assert code == 0
    assert [one["type"] for one in json.loads(out)] == list(events())


def test_what_changed_between_two_versions_is_said(kairos_events: Run) -> None:
    code, out, _ = kairos_events("diff", "dosing.session_aborted.v1", "dosing.session_aborted.v2")

    assert code == 0
    assert "  + $.aborted_by: id or null\n" in out


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_is_of_the_tool_and_names_this_command(kairos_events: Run, words: list[str]) -> None:
    code, out, _ = kairos_events(*words)

    assert code == 0
    assert out.startswith("usage: kairos events")
    assert "bless" in out


def test_a_wrong_call_and_a_missing_version_are_told_by_the_exit_code(kairos_events: Run) -> None:
    code, _, err = kairos_events("forget")
    assert (code, "invalid choice" in err) == (2, True)

    code, _, err = kairos_events("diff", "dosing.unheard_of.v1")
    assert (code, "no such version" in err) == (2, True)
