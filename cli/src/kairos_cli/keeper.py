"""Keeps processes running: what dies is started again, with growing pauses, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kairos_local.errors import CannotStart
from kairos_local.processes import LocalProcess

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
ATTEMPTS = 8  # deaths in a row before it was ready once: about 20 s in all

Report = Callable[[str], None]


@dataclass(slots=True)
class Kept:
    """A process under care. `deaths` counts those in a row since it was last ready."""

    process: LocalProcess
    on_ready: Callable[[], None] = lambda: None
    restarts: int = 0
    deaths: int = 0
    was_ready: bool = False
    gave_up: bool = False
    start_at: float | None = None


@dataclass(slots=True)
class Keeper:
    """Looks after its processes whenever `tend` is called. `now` is a monotonic clock, seconds."""

    report: Report
    now: Callable[[], float] = time.monotonic
    kept: list[Kept] = field(default_factory=list)

    def adopt(self, process: LocalProcess, on_ready: Callable[[], None] = lambda: None) -> Kept:
        """Look after a process that was spawned. `on_ready` runs each time it becomes ready again
        after a restart; if it raises CannotStart it is tried again at the next look.
        """
        kept = Kept(process, on_ready)
        self.kept.append(kept)
        return kept

    def tend(self) -> bool:
        """Look once at every process. Returns whether anything changed that a record shows."""
        changed = [self._look(kept) for kept in self.kept]  # at every one, so not inside any()
        return any(changed)

    def _look(self, kept: Kept) -> bool:
        if kept.gave_up:
            return False
        if kept.start_at is not None:
            return self._start_again(kept)
        if not kept.process.alive():
            return self._mourn(kept)
        if not kept.was_ready and kept.process.ready():
            return self._welcome(kept)
        return False

    def _mourn(self, kept: Kept) -> bool:
        kept.was_ready = False
        kept.deaths += 1
        if kept.deaths >= ATTEMPTS:
            kept.gave_up = True
            self.report(f"{kept.process.name} died {ATTEMPTS} times before it was ready: given up")
        else:
            pause = min(FIRST_PAUSE_S * 2 ** (kept.deaths - 1), LONGEST_PAUSE_S)
            kept.start_at = self.now() + pause
            self.report(f"{kept.process.name} died; starting it again in {pause:.1f} s")
        return True

    def _start_again(self, kept: Kept) -> bool:
        if kept.start_at is None or self.now() < kept.start_at:
            return False
        kept.start_at = None
        try:
            kept.process.spawn()
        except CannotStart as error:
            self.report(f"{kept.process.name}: {error.problem}")
            return self._mourn(kept)
        kept.restarts += 1
        return True

    def _welcome(self, kept: Kept) -> bool:
        if kept.restarts:
            try:
                kept.on_ready()
            except CannotStart as error:
                self.report(f"{kept.process.name}: {error.problem}")
                return False
            self.report(f"{kept.process.name} is back")
        kept.was_ready, kept.deaths = True, 0
        return True
