"""Children end with the process that began them, and a pid alone names nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kairos_local.errors import CannotStart
from kairos_local.processes import Child, ProcessIdentity, start

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT = """
import sys, time
from pathlib import Path
from kairos_local.processes import Child
child = Child([sys.executable, "-c", "import time; time.sleep(60)"], log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(60)
"""


def gone(identity: ProcessIdentity, within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while identity.find() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = ProcessIdentity.of(int(parent.stdout.readline()))
    assert child is not None
    assert child.find() is not None
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert gone(child)


def test_an_identity_with_another_start_time_is_not_found_and_not_ended(tmp_path: Path) -> None:
    child = Child(SLEEPER, log=tmp_path / "log")
    try:
        own = ProcessIdentity.of(child.pid)
        assert own is not None
        stranger = ProcessIdentity(child.pid, own.started_at - 3600)
        assert stranger.find() is None
        assert not stranger.end()
        assert child.alive()
        assert own.find() is not None
    finally:
        child.stop(signal.SIGKILL, patience_s=5)


def test_who_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"
        "; time.sleep(60)"
    )
    log = tmp_path / "log"
    child = Child([sys.executable, "-c", stubborn], log=log)
    while "up" not in log.read_text():
        time.sleep(0.01)
    child.stop(signal.SIGTERM, patience_s=0.2)
    assert child.exit_code() == -signal.SIGKILL


def test_a_log_is_for_its_owner_only(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "pass"], log=tmp_path / "log")
    child.stop(signal.SIGTERM, patience_s=5)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


class Crasher:
    """A process that always exits at once."""

    name = "crasher"
    address = "nowhere"

    def __init__(self, log: Path) -> None:
        self.log = log
        self.spawned = 0
        self.child: Child | None = None

    @property
    def pid(self) -> int | None:
        return None

    def spawn(self) -> None:
        self.stop()
        self.spawned += 1
        self.child = Child([sys.executable, "-c", "print('no luck')"], log=self.log)

    def ready(self) -> bool:
        return False

    def alive(self) -> bool:
        return self.child is not None and self.child.alive()

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(signal.SIGKILL, patience_s=5)


def test_a_process_that_keeps_exiting_is_given_up_with_its_log(tmp_path: Path) -> None:
    crasher = Crasher(tmp_path / "log")
    with pytest.raises(CannotStart, match="no luck"):
        start(crasher, log=crasher.log, timeout_s=30)
    assert crasher.spawned == 5
