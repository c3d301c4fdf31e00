"""Child processes that log to a file, end in order, and never outlive the process that began them.

A process is known by its pid *and* the time it began, never by its name: a pid alone may have
passed to a stranger.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from kairos_local import launch
from kairos_local.errors import CannotStart

_START_TIME_TOLERANCE_S = 2.0  # the wall clock may be set while a process runs
_LOG_LIMIT_BYTES = 16 * 1024 * 1024
_POLL_S = 0.02
_ATTEMPTS = 5
_ATTEMPT_PAUSE_S = 0.4


class LocalProcess(Protocol):
    """What PostgreSQL, the brokers and the services have in common for whoever keeps them running.

    `spawn` returns at once (or raises CannotStart); `ready` then says when it can be used. `spawn`
    again after a death starts it on the same port and data.
    """

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str:
        """Where clients find it, without a password."""
        ...

    @property
    def pid(self) -> int | None: ...
    def spawn(self) -> None: ...
    def ready(self) -> bool: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process for certain: its pid and when it began (seconds since the epoch)."""

    pid: int
    started_at: float

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """The identity of the live process with this pid, or None."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.Error:
            return None

    def find(self) -> psutil.Process | None:
        """The process itself, or None if it ended (a zombie has ended) or the pid is another's."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            same = abs(process.create_time() - self.started_at) <= _START_TIME_TOLERANCE_S
        except psutil.Error:
            return None
        return process if same else None

    def end(self, *, first: signal.Signals = signal.SIGTERM, patience_s: float = 10.0) -> bool:
        """End it, politely first. False if it had ended already."""
        process = self.find()
        if process is None:
            return False
        with suppress(psutil.NoSuchProcess):
            process.send_signal(first)
            deadline = time.monotonic() + patience_s
            while self.find() is not None and time.monotonic() < deadline:
                time.sleep(_POLL_S)
            if self.find() is not None:
                process.kill()
                process.wait(timeout=10)
        return True


@dataclass(frozen=True, slots=True)
class User:
    """An operating-system user to run a process as."""

    uid: int
    gid: int


class Child:
    """A running child process.

    It gets `death_signal`, unless that is None, when this process ends, however it ends. That is so
    on Linux; elsewhere whoever starts the platform again ends what was left, by its recorded
    identity. The thread that creates it must live as long as it: Linux ties the two.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stdin: int | None = None,
        death_signal: signal.Signals | None = signal.SIGKILL,
        run_as: User | None = None,
    ) -> None:
        user = run_as or User(-1, -1)
        words = (os.getpid(), int(death_signal or 0), user.uid, user.gid)
        launcher = [sys.executable, "-I", "-S", launch.__file__, *map(str, words), "--"]
        with open_log(log) as output:
            self._popen = subprocess.Popen(  # noqa: S603 - our own command lines, no shell
                [*launcher, *argv],
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                cwd=folder,
                start_new_session=True,  # Ctrl-C is for the one who ends us in order
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def alive(self) -> bool:
        return self._popen.poll() is None

    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    def release(self) -> None:
        """Let it live on without us. Nothing can be asked of it through this object any more."""
        self._popen.returncode = 0  # else Popen complains that nobody waited for it

    def send(self, number: signal.Signals) -> None:
        """Send a signal, and do not wait. Fine if it ended already."""
        if self.alive():
            self._popen.send_signal(number)

    def stop(self, first: signal.Signals, *, patience_s: float) -> None:
        """Send `first`, wait up to `patience_s` seconds, then SIGKILL. Fine if it ended already."""
        if not self.alive():
            return
        self._popen.send_signal(first)
        try:
            self._popen.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()


@contextmanager
def open_log(path: Path) -> Iterator[int]:
    """A log to append to, readable by its owner only; an overgrown one is set aside first.

    Yields a file descriptor for a child process to inherit.
    """
    if path.exists() and path.stat().st_size > _LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(path.suffix + ".1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def start(process: LocalProcess, *, log: Path, timeout_s: float) -> None:
    """Spawn and wait until ready. Raises CannotStart with the end of its log if it takes too long.

    A process that exits early is started again a few times: after a crash PostgreSQL refuses until
    the last of its old backends is gone.
    """
    deadline = time.monotonic() + timeout_s
    attempts = 1
    process.spawn()
    while not process.ready():
        exited = not process.alive()
        if time.monotonic() > deadline or (exited and attempts == _ATTEMPTS):
            process.stop()
            raise CannotStart(
                f"{process.name} {'exits' if exited else 'is not ready'} at start.",
                f"The end of its log, {log}:\n{tail(log)}",
            )
        if exited:
            time.sleep(_ATTEMPT_PAUSE_S)
            process.spawn()
            attempts += 1
        time.sleep(_POLL_S)


def tail(log: Path, *, lines: int = 15) -> str:
    """The last lines of a log file, or a word that there is none."""
    if not log.exists():
        return "(no log yet)"
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:]) or "(empty)"
