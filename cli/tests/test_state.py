"""The state directory is its owner's alone, and one supervisor's at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from kairos_cli.services import SERVICES
from kairos_cli.state import State, default_state


def test_nobody_else_may_enter(tmp_path: Path) -> None:
    state = State(tmp_path / "deep" / "state")
    state.create()
    state.secrets()
    assert state.folder.stat().st_mode & 0o777 == 0o700
    assert state.secrets_file.stat().st_mode & 0o777 == 0o600


def test_passwords_differ_and_stay(tmp_path: Path) -> None:
    state = State(tmp_path)
    first, again = state.secrets(), state.secrets()
    words = [first.postgres_admin, first.cursor_key]
    words += [first.runtime_password(name) for name in SERVICES]
    words += [first.owner_password(name) for name in SERVICES]
    assert len(set(words)) == 2 + 2 * len(SERVICES)
    assert first == again
    assert first.postgres_admin not in repr(first)


def test_one_supervisor_at_a_time(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.locked() as first:
        assert first
        with state.locked() as second:
            assert not second
    with state.locked() as afterwards:
        assert afterwards


def test_the_default_is_the_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAIROS_STATE", raising=False)
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert default_state() == tmp_path / ".kairos"
    monkeypatch.setenv("KAIROS_STATE", str(tmp_path / "else"))
    assert default_state() == tmp_path / "else"
