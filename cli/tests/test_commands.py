"""The kairos command says what is, what to do next, and by its exit code whether it went well."""

from __future__ import annotations

import importlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

import jwt
import kairos_cli
import pytest
from kairos_cli.commands import up as up_command
from kairos_cli.main import main
from kairos_cli.options import Options
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_cli.state import State

Kairos = Callable[..., tuple[int, str, str]]
FAKE_SERVICE = Path(__file__).parent / "fake_service.py"
FREE_PORTS = [word for name in SERVICES for word in ("--port", f"{name}=0")]


@pytest.fixture
def kairos(
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Kairos:
    """Runs the command on a state directory of the test's own, with stand-ins for the services."""
    program = (sys.executable, str(FAKE_SERVICE), str(folder), "{service}")
    monkeypatch.setattr(up_command, "Options", partial(Options, service_program=program))
    monkeypatch.setenv("KAIROS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kairos", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return code or 0, said.out, said.err

    return run


def test_a_day_with_the_command(kairos: Kairos, tmp_path: Path) -> None:
    platform = Platform(State(tmp_path / "state"))
    try:
        code, said, _ = kairos("up", "--broker", "tansu", *FREE_PORTS)
        assert code == 0
        assert all(name in said for name in (*SERVICES, "postgres", "broker (tansu)", "ready"))
        code, said, complaint = kairos("up", *FREE_PORTS)
        assert (code, "already" in complaint) == (0, True)
        code, said, _ = kairos("status", "--json")
        assert code == 0
        assert json.loads(said)["well"] is True
        platform.kill("supervisor")
        code, said, _ = kairos("down")
        code, said, _ = kairos("status")
        assert (code, "down" in said) == (3, True)
    finally:
        platform.stop()


def test_token_prints_a_token_and_nothing_else(kairos: Kairos, tmp_path: Path) -> None:
    _, _, complaint = kairos("token", "--role", "nurse", "--network", str(uuid4()))
    assert "kairos up" in complaint
    kairos("clock", "set", "2026-03-02T09:00:00Z")  # makes the issuer's key too
    network, site = str(uuid4()), str(uuid4())
    words = ("--role", "nurse", "--role", "therapist", "--network", network, "--site", site)
    code, said, _ = kairos("token", *words, "--ttl", "15m")
    claims = jwt.decode(said.strip(), options={"verify_signature": False})
    assert code == 0
    assert (claims["roles"], claims["sites"]) == (["nurse", "therapist"], [site])
    assert claims["exp"] - claims["iat"] == 900
    assert abs(claims["iat"] - 1772442000) < 60


@pytest.mark.parametrize(
    "words",
    [
        ("token", "--role", "janitor", "--network", str(uuid4())),
        ("token", "--role", "nurse"),
        ("token", "--role", "nurse", "--network", "clinic"),
        ("token", "--role", "nurse", "--network", str(uuid4()), "--ttl", "long"),
        ("clock", "set", "yesterday"),
        ("clock", "set", "2026-03-02T09:00:00"),
        ("clock", "advance", "soon"),
        ("up", "--port", "kitchen=80"),
        ("up", "--port", "intake=99999"),
        ("up", "--broker", "rabbit"),
    ],
)
def test_wrong_words_end_with_usage(kairos: Kairos, words: tuple[str, ...]) -> None:
    kairos("clock", "reset")
    code, said, complaint = kairos(*words)
    assert (code, said) == (2, "")
    assert "Usage" in complaint or "Invalid" in complaint


def test_the_clock_moves_both_ways(kairos: Kairos) -> None:
    assert "2026-03-02T09:00" in kairos("clock", "set", "2026-03-02T09:00:00Z")[1]
    assert "2026-03-02T11:30" in kairos("clock", "advance", "2h30m")[1]
    assert "2026-03-02T09:30" in kairos("clock", "advance", "-2h")[1]
    assert "ahead" not in kairos("clock", "reset")[1]


def test_a_problem_is_told_with_what_to_do(kairos: Kairos, busy_port: int) -> None:
    code, said, complaint = kairos("up", "--broker", "tansu", "--port", f"dosing={busy_port}")
    assert (code, said) == (1, "")
    assert f"Port {busy_port}" in complaint
    assert "--port dosing=NUMBER" in complaint


def test_topics_lists_the_registry(kairos: Kairos) -> None:
    code, said, _ = kairos("topics", "list")
    assert code == 0
    assert "dosing.telemetry" in said


def test_logs_of_nothing_names_what_there_is(kairos: Kairos) -> None:
    kairos("clock", "reset")
    code, _, complaint = kairos("logs", "kitchen")
    assert code == 1
    assert "none yet" in complaint


def test_an_old_python_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is 3\.9"):
        importlib.reload(kairos_cli)
    monkeypatch.undo()
    importlib.reload(kairos_cli)


def test_in_the_foreground_it_ends_with_the_command(tmp_path: Path, folder: Path) -> None:
    """Told to end, and killed: either way nothing stays."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        state = State(tmp_path / number.name)
        words = [sys.executable, "-c", FOREGROUND, str(FAKE_SERVICE), str(folder)]
        command = subprocess.Popen(
            [*words, "up", "--foreground", "--state", str(state.folder), *FREE_PORTS],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert command.stdout is not None
        with command.stdout:
            while "Ctrl-C" not in (line := command.stdout.readline()):
                assert line, "ended before it was up"
            running = Platform(state).processes()
            assert len(running) == 3 + len(SERVICES)
            command.send_signal(number)
            command.wait()
        deadline = time.monotonic() + 30
        while any(one.find() for one in running.values()):
            assert time.monotonic() < deadline
            time.sleep(0.05)


FOREGROUND = """
import sys
import time
from functools import partial
from kairos_cli.commands import up
from kairos_cli.main import main
program = (sys.executable, *sys.argv[1:3], "{service}")
del sys.argv[1:3]
up.Options = partial(up.Options, service_program=program)
sys.argv += ["--broker", "tansu"]
main()
"""
