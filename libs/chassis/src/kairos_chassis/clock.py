"""The one clock of a process. Nothing else in Kairos asks the machine for the date."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        return datetime.now(UTC)


class MovableClock:
    """The machine's clock plus an offset kept in a file that several processes read.

    Only the embedded profile may use it: `Settings` refuses it in production. The file holds
    `{"offset_seconds": <float>}` and is replaced atomically by whoever moves time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)

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

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self.at += by
