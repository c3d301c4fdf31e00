"""Kills processes of a platform at chosen moments of the journey, and times their return."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import psutil
from kairos_cli.demo.stage import Step
from kairos_cli.options import Options
from kairos_cli.platform import Platform

READY_S = 150.0
_DEAD_S = 30.0
# How long after the step's beginning the blow falls: before, in and after its first request.
_DELAYS_S = (0.0, 0.004, 0.012, 0.03)


@dataclass(slots=True)
class Blow:
    """One kill: whether it has fallen, and after how many seconds all was ready again."""

    fallen: threading.Event = field(default_factory=threading.Event)
    recovery_s: Future[float] = field(default_factory=Future)


@dataclass(slots=True)
class Killer:
    """Kills by name, from a thread of its own which lives as long as the platform: Linux ends a
    tied platform with the thread that started it.
    """

    platform: Platform
    options: Options
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def strike(self, name: str, delay_s: float) -> Blow:
        """Kill that process in a moment."""
        victim = self.platform.processes()[name].find()
        assert victim is not None

        def act() -> float:
            time.sleep(delay_s)
            victim.kill()
            struck = time.monotonic()
            blow.fallen.set()
            psutil.wait_procs([victim], timeout=_DEAD_S)
            if name == "supervisor":
                self.platform.start(self.options)
            self.platform.wait_ready(timeout_s=READY_S)
            return time.monotonic() - struck

        blow = Blow()
        blow.recovery_s = self._thread.submit(act)
        return blow


@dataclass(slots=True)
class Disturber:
    """An audience that kills one process at the beginning of certain steps or before acts."""

    killer: Killer
    victim: str
    steps: Sequence[str] = ()
    acts: Sequence[int] = ()
    blows: list[Blow] = field(default_factory=list)

    def scene(self, title: str) -> None:
        """A heading."""

    def begins(self, step: Step) -> None:
        """Strike while the step is played."""
        if step.asked in self.steps:
            self._strike(_DELAYS_S[len(self.blows) % len(_DELAYS_S)])

    def ends(self, step: Step) -> None:
        """A step has ended."""

    def between(self, act: int) -> None:
        """Strike before the act begins; it begins with the process dead."""
        if act in self.acts:
            assert self._strike(0.0).fallen.wait(READY_S)

    def recoveries(self) -> list[float]:
        """How long each return took, in seconds; waits for the last."""
        return [blow.recovery_s.result(timeout=READY_S) for blow in self.blows]

    def _strike(self, delay_s: float) -> Blow:
        self.recoveries()  # one fault at a time, so that each is one of the table
        blow = self.killer.strike(self.victim, delay_s)
        self.blows.append(blow)
        return blow
