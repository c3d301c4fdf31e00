"""The one error of this package: something cannot start here, and what the person can do."""

from __future__ import annotations


class CannotStart(Exception):
    """A local process cannot start. `advice` says what to do next, in one or two sentences."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem}\n{advice}")
        self.problem = problem
        self.advice = advice
