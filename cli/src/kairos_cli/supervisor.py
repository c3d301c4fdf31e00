"""The process that starts a platform, keeps it running and ends it in order.

Run as `python -m kairos_cli.supervisor STATE_DIRECTORY`; the options wait there. It tells how far
it is in platform.json, and takes SIGTERM for an order to end.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from kairos_local.broker import Broker, choose
from kairos_local.errors import CannotStart
from kairos_local.postgres import LocalPostgres
from kairos_local.processes import LocalProcess, ProcessIdentity

from kairos_cli import boot, machinery
from kairos_cli.clock import PlatformClock
from kairos_cli.journal import Journal, say
from kairos_cli.keeper import Keeper
from kairos_cli.leftovers import end_leftovers
from kairos_cli.options import Options
from kairos_cli.record import Phase
from kairos_cli.service_tokens import refresh
from kairos_cli.services import ServiceProcess
from kairos_cli.state import State

_LOOK_EVERY_S = 0.05
_REFRESH_EVERY_S = 5.0
_START_ATTEMPTS = 3  # someone is waiting: no need for the patience that a running platform earns


class _ToldToEnd(BaseException):
    """Not an Exception: nothing on the way may take it for a failure."""


class Supervisor:
    """One platform's life."""

    def __init__(self, state: State, options: Options, identity: ProcessIdentity) -> None:
        self._state = state
        self._options = options
        self._keeper = Keeper(report=say)
        self._journal = Journal(state, identity, self._keeper.kept)
        self._postgres: LocalPostgres | None = None
        self._broker: Broker | None = None
        self._services: list[ServiceProcess] = []

    def run(self) -> int:
        """Start, keep, end. Returns the exit code: 0 when it was told to end."""
        try:
            self._start()
            self._keep()
        except _ToldToEnd:
            self._journal.update(phase=Phase.STOPPING)
            self._end()
            self._journal.close()
            return 0
        except CannotStart as error:
            self._end()
            self._journal.failed(error)
            return 1

    def _start(self) -> None:
        state, options = self._state, self._options
        self._journal.step("Ending what an earlier run left")
        end_leftovers(state)
        ports = machinery.Ports.take(options)
        self._journal.step("Choosing a broker (Kafka's jars are fetched once, in some minutes)")
        choice = choose(options.broker)
        self._journal.step(f"Starting PostgreSQL and {choice.kind.capitalize()}")
        self._broker = broker = machinery.make_the_broker(state, choice, ports)
        self._postgres = machinery.make_postgres(state, options, ports)
        self._spawn_servers(broker)
        self._journal.step("Making databases, keys and topics")
        admin_url = machinery.admin_url(options, self._postgres)
        boot.provision_all(state, admin_url)
        boot.prepare_keys(state)
        self._services = machinery.make_services(state, options, ports, broker, admin_url)
        boot.migrate_all(self._services)
        self._await(broker)
        boot.create_all_topics(broker)
        self._journal.step("Starting the services")
        for service in self._services:
            service.spawn()
            self._keeper.adopt(service)
        self._await(*self._services)
        self._journal.update(
            phase=Phase.UP,
            step="",
            urls={service.name: service.address for service in self._services},
            broker_kind=choice.kind,
            broker_reason=choice.reason,
            bootstrap=broker.bootstrap,
            admin_url=admin_url,
        )

    def _spawn_servers(self, broker: Broker) -> None:
        broker.spawn()
        # A broker that forgets comes back without its topics.
        restore = (lambda: None) if broker.durable else (lambda: boot.create_all_topics(broker))
        self._keeper.adopt(broker, on_ready=restore)
        if self._postgres is not None:
            self._postgres.spawn()
            self._keeper.adopt(self._postgres)
            self._await(self._postgres)

    def _await(self, *processes: LocalProcess) -> None:
        """Wait until these are ready; raises CannotStart when one of the platform stays dead."""
        self._journal.update()
        waiting = list(processes)
        limit = time.monotonic() + boot.READY_TIMEOUT_S
        while waiting:
            self._look()
            waiting = [process for process in waiting if not process.ready()]
            dead = [one.process for one in self._keeper.kept if one.deaths >= _START_ATTEMPTS]
            if dead or (waiting and time.monotonic() > limit):
                raise boot.not_starting((dead or waiting)[0], self._state)

    def _keep(self) -> NoReturn:
        clock = PlatformClock(self._state)
        refresh_at = 0.0
        while True:
            self._look()
            if time.monotonic() >= refresh_at:
                refresh(self._state, clock.now())
                refresh_at = time.monotonic() + _REFRESH_EVERY_S

    def _look(self) -> None:
        if self._keeper.tend():
            self._journal.update()
        time.sleep(_LOOK_EVERY_S)

    def _end(self) -> None:
        """Services first, so that they finish against what they need; then broker, database."""
        for service in self._services:
            service.begin_stop()
        for process in (*self._services, self._broker, self._postgres):
            if process is not None:
                process.stop()


def main() -> int:
    """Be the supervisor of one state directory, unless it has one. Returns the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end_once)
    state = State(Path(sys.argv[1]))
    identity = ProcessIdentity.of(os.getpid())
    with state.locked() as ours:
        if not ours or identity is None:
            say("another supervisor runs this state directory")
            return 3
        return Supervisor(state, Options.read(state), identity).run()


def _end_once(_number: int, _frame: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # the way down is not to be interrupted
    raise _ToldToEnd


if __name__ == "__main__":
    sys.exit(main())
