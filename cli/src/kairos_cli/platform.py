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

from kairos_local.errors import CannotStart
from kairos_local.processes import Child, ProcessIdentity, tail

from kairos_cli.clock import PlatformClock
from kairos_cli.issuer import EVERY_SITE, Issuer
from kairos_cli.leftovers import end_leftovers
from kairos_cli.machinery import operator_environment, role_url
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
        self._supervisor: Child | None = None

    def start(self, options: Options, on_step: Callable[[str], None] = lambda _: None) -> Status:
        """Start everything and wait until all of it is ready; `on_step` hears how far it is.

        Raises AlreadyUp, and CannotStart with what to do; then nothing is left running.
        """
        self.state.create()
        with self.state.locked() as free:
            if not free:
                raise AlreadyUp
            end_leftovers(self.state)
            self.state.record_file.unlink(missing_ok=True)
            options.write(self.state)
        if self._supervisor is not None:
            self._supervisor.stop(signal.SIGKILL, patience_s=0)  # killed before: only taken note of
        self._supervisor = Child(
            [sys.executable, "-m", "kairos_cli.supervisor", str(self.state.folder)],
            log=self.state.log("supervisor"),
            environment=base_environment(),
            death_signal=signal.SIGTERM if options.tied else None,
        )
        self._wait_up(self._supervisor, on_step)
        if not options.tied:
            self._supervisor.release()
            self._supervisor = None
        return self.status()

    def stop(self) -> bool:
        """End everything in order, and what a killed supervisor left. False if nothing ran."""
        record = Record.read(self.state)
        ran = record is not None and record.supervisor.end(patience_s=_STOP_PATIENCE_S)
        if self._supervisor is not None:
            self._supervisor.stop(signal.SIGTERM, patience_s=_STOP_PATIENCE_S)
        left = end_leftovers(self.state)
        self.state.record_file.unlink(missing_ok=True)
        return ran or bool(left)

    def status(self) -> Status:
        """What runs, and whether it is ready. Asks every process."""
        return look(self.state)

    def processes(self) -> dict[str, ProcessIdentity]:
        """The live processes by name: postgres, broker, the services, supervisor."""
        record = self._record()
        known = {process.name: process.identity for process in record.processes}
        known["supervisor"] = record.supervisor
        return {name: one for name, one in known.items() if one is not None and one.find()}

    def kill(self, name: str) -> ProcessIdentity:
        """SIGKILL a process by name and return who it was. Raises KeyError if it is not alive."""
        identity = self.processes()[name]
        process = identity.find()
        if process is None:
            raise KeyError(name)
        process.kill()
        return identity

    def wait_ready(self, *, timeout_s: float = 60.0) -> Status:
        """Wait until every process is ready (again). Raises CannotStart when time is up."""
        limit = time.monotonic() + timeout_s
        while not (status := self.status()).well:
            if time.monotonic() > limit:
                late = ", ".join(one.name for one in status.processes if not one.ready)
                raise CannotStart(f"Not ready in time: {late}.", "`kairos status` says more.")
            time.sleep(_POLL_S)
        return status

    @property
    def running(self) -> bool:
        """Whether a supervisor runs this platform, whatever the state of its processes."""
        record = Record.read(self.state)
        return record is not None and record.supervisor.find() is not None

    @property
    def urls(self) -> dict[str, str]:
        """http://host:port of each service. Raises NotUp."""
        return dict(self._record().urls)

    @property
    def bootstrap(self) -> str:
        """host:port of the broker. Raises NotUp."""
        return self._record().bootstrap

    def database_url(self, service: str) -> str:
        """The service's database as its runtime role. Raises NotUp, KeyError."""
        password = self.state.secrets().runtime_password(service)
        return role_url(self._record().admin_url, service, service, password)

    def operate(
        self, service: str, *words: str, as_owner: bool = False, progress: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a verb for operators of a service, to its end. Raises NotUp.

        As `python -m <service> parked list --json`; its exit code is told, not raised. `as_owner`
        gives it the tables' owner as well; with that or `progress` what it writes to standard
        error is seen at once, instead of kept.
        """
        record = self._record()
        environment = operator_environment(
            self.state,
            service,
            bootstrap=record.bootstrap,
            admin=record.admin_url,
            as_owner=as_owner,
        )
        return subprocess.run(  # noqa: S603 - the program of the platform's own options
            [*Options.read(self.state).program(service), *words],
            env=base_environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if as_owner or progress else subprocess.PIPE,
            text=True,
            check=False,
        )

    def mint(
        self,
        *roles: str,
        network: uuid.UUID | None = None,
        sites: Sequence[str] = EVERY_SITE,
        subject: uuid.UUID | None = None,
        ttl: timedelta = _TOKEN_TTL,
        patient: uuid.UUID | None = None,
    ) -> str:
        """A development token, valid from now on the platform's clock; a new subject if none.

        Raises NotUp where this state directory has no issuer yet, ValueError for a wrong role.
        """
        try:
            issuer = Issuer.load(self.state.keys)
        except FileNotFoundError:
            raise NotUp(self.state) from None
        return issuer.mint(
            roles,
            network=network,
            sites=sites,
            subject=subject or uuid.uuid4(),
            now=self.clock.now(),
            ttl=ttl,
            patient=patient,
        )

    def _record(self) -> Record:
        record = Record.read(self.state)
        if record is None or record.supervisor.find() is None:
            raise NotUp(self.state)
        return record

    def _wait_up(self, supervisor: Child, on_step: Callable[[str], None]) -> None:
        limit = time.monotonic() + _START_TIMEOUT_S
        log = self.state.log("supervisor")
        step = ""
        try:
            while True:
                alive = supervisor.alive()  # asked first: what it wrote last is then read below
                record = Record.read(self.state)
                if record and record.phase is Phase.UP:
                    return
                if record and record.phase is Phase.FAILED:
                    raise CannotStart(record.problem, record.advice)
                if not alive or time.monotonic() > limit:
                    raise CannotStart("The platform does not start.", f"{log}:\n{tail(log)}")
                if record and record.step != step:
                    step = record.step
                    on_step(step)
                time.sleep(_POLL_S)
        except BaseException:
            supervisor.stop(signal.SIGTERM, patience_s=_STOP_PATIENCE_S)
            end_leftovers(self.state)
            raise
