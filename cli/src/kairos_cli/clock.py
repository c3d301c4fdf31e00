"""The platform's movable clock: the machine's time plus an offset that every process reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from kairos_cli.files import write_whole
from kairos_cli.service_tokens import cover
from kairos_cli.state import State


class PlatformClock:
    """Moves the time of a platform of the embedded profile. Production refuses such a clock."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def offset(self) -> timedelta:
        """How far platform time is ahead of the machine's; zero before the first move."""
        try:
            stored = json.loads(self._state.clock_file.read_text())
        except FileNotFoundError:
            return timedelta(0)
        return timedelta(seconds=float(stored["offset_seconds"]))

    def now(self) -> datetime:
        """The platform's time, aware, UTC."""
        return datetime.now(UTC) + self.offset

    def set(self, instant: datetime) -> datetime:
        """Make it this instant; it runs on from there. Raises ValueError without a zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone, as in 2026-03-02T09:00:00Z")
        return self._move(instant - datetime.now(UTC))

    def advance(self, by: timedelta) -> datetime:
        """Move forward, or back with a negative amount. Returns the new time."""
        return self._move(self.offset + by)

    def reset(self) -> datetime:
        """Go by the machine's time again."""
        return self._move(timedelta(0))

    def ensure(self) -> None:
        """Write the file if there is none: the services need one to read."""
        if not self._state.clock_file.exists():
            self._write(timedelta(0))

    def _move(self, offset: timedelta) -> datetime:
        # First tokens that hold before and after, then the move: no call between them is refused.
        cover(self._state, self.now(), datetime.now(UTC) + offset)
        self._write(offset)
        return self.now()

    def _write(self, offset: timedelta) -> None:
        text = json.dumps({"offset_seconds": offset.total_seconds()})
        write_whole(self._state.clock_file, text, mode=0o644)
