"""Plays steps and shows each: what was asked, what the platform answered, which events crossed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kairos_cli.demo.people import PATIENCE_S, Answer

_PAUSE_S = 0.1


class Unexpected(Exception):
    """The platform did not do what the journey expects."""


@dataclass(slots=True)
class Step:
    """One thing somebody asked for."""

    number: int
    at: datetime
    who: str
    asked: str
    answered: str = ""
    events: list[str] = field(default_factory=list)
    fault: str = ""
    seconds: float = 0.0


class Audience(Protocol):
    """Who watches."""

    def begins(self, step: Step) -> None: ...

    def ends(self, step: Step) -> None: ...

    def scene(self, title: str) -> None: ...


@dataclass(slots=True)
class Stage:
    """Runs steps one after the other and keeps what happened."""

    audience: Audience
    now: Callable[[], datetime]
    events: Callable[[], list[str]]
    patience_s: float = PATIENCE_S
    steps: list[Step] = field(default_factory=list)
    _events_shown: int = 0

    def scene(self, title: str) -> None:
        """A new part of the story."""
        self.audience.scene(title)

    @contextmanager
    def step(self, who: str, asked: str) -> Iterator[Step]:
        """Play one step. What it raises is its fault, and ends the journey."""
        step = Step(len(self.steps) + 1, self.now(), who, asked)
        self.steps.append(step)
        self.audience.begins(step)
        started = time.monotonic()
        try:
            yield step
        except Exception as fault:
            step.fault = str(fault) or type(fault).__name__
            raise
        finally:
            step.seconds = time.monotonic() - started
            self.collect(step)
            self.audience.ends(step)

    def collect(self, step: Step) -> None:
        """Give the step the events that arrived since the last one."""
        types = self.events()
        step.events += types[self._events_shown :]
        self._events_shown = len(types)

    def crossed(self, step: Step, *types: str) -> None:
        """Wait until these events have crossed the bus since the last step. Raises Unexpected."""

        def all_there() -> bool:
            fresh = self.events()[self._events_shown :]
            return all(fresh.count(kind) >= types.count(kind) for kind in types)

        self.until(all_there, f"the events {', '.join(types)}")
        self.collect(step)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for something to become true. Raises Unexpected when patience ends."""
        limit = time.monotonic() + self.patience_s
        while not holds():
            if time.monotonic() > limit:
                raise Unexpected(f"waited {self.patience_s:.0f} s in vain for {what}")
            time.sleep(_PAUSE_S)


def expect(answer: Answer, status: int, slug: str = "", rules: tuple[str, ...] = ()) -> Answer:
    """The answer, if it is the one expected. Raises Unexpected, naming both."""
    if answer.status != status or (slug and answer.slug != slug):
        named = answer.rules or answer.body.get("gates") or answer.body.get("detail", "")
        got = f"{answer.status} {answer.slug} {named}"
        raise Unexpected(f"expected {status} {slug}, the platform answered {got}")
    missing = [rule for rule in rules if rule not in answer.rules]
    if missing:
        raise Unexpected(f"the refusal names {answer.rules}, not {missing}")
    return answer


def check(holds: bool, what: str) -> None:
    """Raise Unexpected unless this holds."""
    if not holds:
        raise Unexpected(what)
