"""The supervisor's account of itself: platform.json for programs, its log for people."""

from __future__ import annotations

import dataclasses
import sys
from datetime import UTC, datetime
from typing import Any

from kairos_local.errors import CannotStart
from kairos_local.processes import ProcessIdentity

from kairos_cli.keeper import Kept
from kairos_cli.record import Phase, ProcessRecord, Record
from kairos_cli.state import State


def say(line: str) -> None:
    """A line in the supervisor's log."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    sys.stdout.write(f"{now} {line}\n")
    sys.stdout.flush()


class Journal:
    """Writes the record anew whenever something in it changes."""

    def __init__(self, state: State, supervisor: ProcessIdentity, kept: list[Kept]) -> None:
        self._state = state
        self._kept = kept
        self._record = Record(supervisor=supervisor, phase=Phase.STARTING)

    def step(self, what: str) -> None:
        """What is being done now."""
        say(what)
        self.update(step=what)

    def failed(self, error: CannotStart) -> None:
        """Why the platform does not start, and what to do."""
        say(str(error))
        self.update(phase=Phase.FAILED, problem=error.problem, advice=error.advice)

    def update(self, **changes: Any) -> None:
        """Set fields of the record, and bring its processes up to date."""
        processes = tuple(self._describe(kept) for kept in self._kept)
        self._record = dataclasses.replace(self._record, processes=processes, **changes)
        self._record.write(self._state)

    def close(self) -> None:
        """A platform that ended in order leaves no record."""
        self._state.record_file.unlink(missing_ok=True)

    def _describe(self, kept: Kept) -> ProcessRecord:
        process = kept.process
        return ProcessRecord(
            name=process.name,
            identity=ProcessIdentity.of(process.pid) if process.pid else None,
            address=process.address,
            log=str(self._state.log(process.name)),
            restarts=kept.restarts,
            gave_up=kept.gave_up,
        )
