"""What a service adds to the verbs of its process, for operators: `python -m intake rules test`."""

import argparse
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from kairos_chassis.db import Database
from kairos_chassis.operations.answers import Answer

Connect = Callable[[], AbstractAsyncContextManager[Database]]
"""Opens the service's database, as its runtime role, where a verb needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A verb: its word, what it does in a line, its arguments, and the act.

    An error with `slug` and `kind` that the act raises is told as a refusal, exit code 3.
    """

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    act: Callable[[argparse.Namespace, Connect], Awaitable[Answer]]
