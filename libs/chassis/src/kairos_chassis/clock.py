"""The one clock of a process. Nothing else in Kairos asks the machine for the date."""

import json
import os
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ticks:
    """How long a machine has run. Two of the same boot differ by the time that really passed,
    whatever happened to the date in between; those of different boots say nothing of each other.
    """

    boot: str
    ms: int


class Clock(Protocol):
    """Says what time it is, and how much of it has passed."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""

    def ticks(self) -> Ticks:
        """What only ever runs forward, alike in all processes of this machine."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        return datetime.now(UTC)

    def ticks(self) -> Ticks:
        """Since the machine was started, sleep included."""
        return Ticks(_BOOT, _ticks_ms())


class MovableClock:
    """The machine's clock plus an offset kept in a file that several processes read.

    Only the embedded profile may use it: `Settings` refuses it in production. The file holds
    `{"offset_seconds": <float>}` and is replaced atomically by whoever moves time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)

    def ticks(self) -> Ticks:
        """Since the machine was started, moved like the date. Raises OSError as `now` does."""
        self.now()
        return Ticks(_BOOT, _ticks_ms() + int(self._offset.total_seconds() * 1000))

    def now(self) -> datetime:
        """The current platform instant, aware, UTC. Raises OSError if the file is gone."""
        stat = os.stat(self._path)
        seen = (stat.st_mtime_ns, stat.st_ino)
        if seen != self._seen:
            seconds = float(json.loads(self._path.read_text())["offset_seconds"])
            self._offset, self._seen = timedelta(seconds=seconds), seen
        return datetime.now(UTC) + self._offset


class FrozenClock:
    """A clock for tests: it stands until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.boot = "frozen"
        self._jumped = timedelta(0)

    def ticks(self) -> Ticks:
        """Runs as the date does, but for what `jump` did to it."""
        run = self.at - self._jumped - datetime(2000, 1, 1, tzinfo=UTC)
        return Ticks(self.boot, run // timedelta(milliseconds=1))

    def jump(self, by: timedelta) -> None:
        """Set the date as somebody sets a wrong clock right: no time passes."""
        self.at += by
        self._jumped += by

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self.at += by


def _boot() -> str:
    """This boot of this machine; where the machine does not say, this process."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(uuid.uuid4())


def _ticks_ms() -> int:
    boottime = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(boottime) // 1_000_000


_BOOT = _boot()
