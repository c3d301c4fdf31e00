"""A platform as programs use it: start it, ask it, disturb it, end it.

    platform = Platform(State(folder))
    platform.start(Options(broker="kafka"))
    token = platform.mint("nurse", network=network)
    platform.kill("dosing")          # SIGKILL; the supervisor starts it again
    platform.wait_ready()
    platform.clock.advance(timedelta(hours=2))
    platform.stop()
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from kairos_local.errors import CannotStart
from kairos_local.processes import Child, ProcessIdentity, open_log, tail

from kairos_cli.clock import PlatformClock
from kairos_cli.issuer import EVERY_SITE, Issuer
from kairos_cli.leftovers import end_leftovers
from kairos_cli.machinery import role_url
from kairos_cli.options import Options
from kairos_cli.record import Phase, Record
from kairos_cli.services import base_environment
from kairos_cli.state import State
from kairos_cli.status import Status, look

_START_TIMEOUT_S = 1200.0  # the first time of all, Maven fetches Kafka
_STOP_PATIENCE_S = 60.0
_POLL_S = 0.05
_TOKEN_TTL = timedelta(hours=8)


class AlreadyUp(Exception):
    """A supervisor runs this state directory already."""


class NotUp(CannotStart):
    """There is no running platform to ask."""

    def __init__(self, state: State) -> None:
        super().__init__(f"No platform runs from {state.folder}.", "Start one with `kairos up`.")


class Platform:
    """The platform of one state directory, running or not."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.clock = PlatformClock(state)
        self._tied: Child | None = None

    def start(self, options: Options, on_step: Callable[[str], None] = lambda _: None) -> Status:
        """Start everything and wait until all of it is ready; `on_step` hears how far it is.

        Raises AlreadyUp, and CannotStart with what to do; then nothing is left running.
        """
        self.state.create()
        with self.state.locked() as free:
            if not free:
                raise AlreadyUp
            self.state.record_file.with_suffix(".old").unlink(missing_ok=True)
            end_leftovers(self.state)
            self.state.record_file.unlink(missing_ok=True)
        options.write(self.state)
        self._wait_up(self._spawn(options), on_step)
        return self.status()
