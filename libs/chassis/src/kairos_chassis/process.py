"""One service process: `serve` answers HTTP, `work` relays and consumes, `migrate` migrates.

`parked`, `adopt-broker` and `replay` are for operators; they need the settings of `migrate` only,
as they neither serve nor wire.
With KAIROS_WORK_IN_SERVE both run in one process, and a fresh event wakes the relay at once.
"""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import structlog
import uvloop
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from kairos_chassis import migrations, telemetry
from kairos_chassis.audit_trail.verbs import audit_verb
from kairos_chassis.audit_trail.worker import SealWorker
from kairos_chassis.blind_index import Indexed
from kairos_chassis.bus.worker import make_bus_worker
from kairos_chassis.capabilities import Capabilities
from kairos_chassis.clock import Clock
from kairos_chassis.db import Database
from kairos_chassis.edge import make_edge, make_sealing
from kairos_chassis.handlers import Handlers
from kairos_chassis.housekeeping import Housekeeper
from kairos_chassis.http import server as http_server
from kairos_chassis.http.app import create_app
from kairos_chassis.http.route import Routes
from kairos_chassis.operations import run, words
from kairos_chassis.operations.opening import opened
from kairos_chassis.operations.patient_keys import keys_verb
from kairos_chassis.operations.verbs import Verb
from kairos_chassis.probes import Probes
from kairos_chassis.settings import ServeSettings, Settings
from kairos_chassis.timer_worker import TimerWorker
from kairos_chassis.timers import Timers

S = TypeVar("S", bound=ServeSettings)
T = TypeVar("T", bound=Settings)
COLLECT_AFTER_OBJECTS = 10_000  # a few requests in flight already hold Python's 700
_log = structlog.get_logger()


class Worker(Protocol):
    """What works beside the answers: started after the wiring, asked for its health, stopped."""

    async def start(self) -> None:
        """Begin."""

    async def check(self) -> None:
        """Raise an error unless it works."""

    async def stop(self) -> None:
        """Finish what is in hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime(Generic[S]):
    """What the chassis hands a service to be wired with."""

    settings: S
    db: Database
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """What a service's wiring hands back. `close` ends what it opened itself.

    `capabilities` finds the caller behind a capability, for a service that gives any out.
    """

    deps: Any
    capabilities: Capabilities | None = None
    close: Sequence[Callable[[], Awaitable[None]]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Generic[S]):
    """A service as the process runs it."""

    name: str
    summary: str
    settings: type[S]
    routes: Sequence[Routes]
    handlers: Handlers
    wire: Callable[[Runtime[S]], Awaitable[Wired]]
    timers: Timers | None = None
    verbs: Sequence[Verb] = ()
    indexed: Indexed | None = None  # what its patients are found by, if it finds any


def main(service: Service[Any], arguments: Sequence[str] | None = None) -> None:
    """Run a verb. Exits 2 for settings that do not hold, saying which."""
    verbs = (audit_verb(service.name), keys_verb(service.indexed), *service.verbs)
    asked = words.make_parser(service.name, service.summary, verbs).parse_args(arguments)
    verb = asked.verb
    if verb == "migrate":
        _migrate(service.name, _read(service.name, Settings))
        return
    if verb in words.VERBS:
        operated = _read(service.name, Settings)
        sys.exit(uvloop.run(run.run(service.handlers, operated, asked)))
    for own in verbs:
        if verb == own.name:
            sys.exit(uvloop.run(run.run_own(own, partial(_connect, service.name, asked), asked)))
    settings = _read(service.name, service.settings)
    telemetry.configure_logs(service.name, settings.log_level)
    with suppress(KeyboardInterrupt):
        sys.exit(uvloop.run(_run(service, settings, serve=verb == "serve")))


@asynccontextmanager
async def _connect(name: str, asked: argparse.Namespace) -> AsyncIterator[Database]:
    """The database, for a verb that asks for it: one that does not needs no settings."""
    settings = _read(name, Settings)
    telemetry.configure_logs(name, settings.log_level, sys.stderr)
    async with opened(name, settings, asked) as db:
        yield db


def _read(name: str, kind: type[T]) -> T:
    try:
        return kind()  # type: ignore[call-arg]  # the environment supplies them
    except ValidationError as error:
        sys.stderr.write(_explain(name, error) + "\n")
        sys.exit(2)


def _explain(service: str, error: ValidationError) -> str:
    lines = [f"{service}: these settings do not hold:"]
    for fault in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in fault["loc"]).upper()
        lines.append(f"  KAIROS_{name}: {fault['msg']}" if name else f"  {fault['msg']}")
    return "\n".join(lines)


def _migrate(name: str, settings: Settings) -> None:
    telemetry.configure_logs(name, settings.log_level)
    if settings.migration_database_url is None:
        sys.exit(f"{name}: migrate needs KAIROS_MIGRATION_DATABASE_URL")
    runtime_role = make_url(settings.database_url.get_secret_value()).username or name
    migrations.upgrade(name, settings.migration_database_url.get_secret_value(), runtime_role)
    _log.info("migrated")


class _Ending(asyncio.Event):
    """Set when the process shall end: because it was asked to, or because only a new one helps."""

    stuck = False

    def give_up(self) -> None:
        """The worker cannot go on; whoever watches the process must start another."""
        self.stuck = True
        self.set()


async def _run(service: Service[Any], settings: ServeSettings, *, serve: bool) -> int:
    """Serve or work until told to stop. Returns the exit code: 1 when the worker gave up."""
    stop = _Ending()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tracer = telemetry.configure_traces(service.name, settings)
    clock = settings.make_clock()
    db = await Database.connect(
        settings.database_url.get_secret_value(),
        clock,
        size=settings.database_pool_size,
        name=f"kairos-{service.name}",
        sealing=make_sealing(settings),
    )
    wired = await service.wire(Runtime(settings=settings, db=db, clock=clock))
    workers: dict[str, Worker] = {}
    if not serve or settings.work_in_serve:
        workers["worker"] = make_bus_worker(service.handlers, db, settings, stop.give_up)
        if service.timers is not None:
            workers["timers"] = TimerWorker(db, service.timers, stop.give_up)
        anchor_file = settings.audit_anchor_file
        workers["audit"] = SealWorker(db, service.name, anchor_file, stop.give_up)
        workers["housekeeping"] = Housekeeper(db, stop.give_up)
    try:
        await _until_stopped(service, settings, db, wired, workers, stop, serve=serve)
    finally:
        for close in wired.close:
            await close()
        await db.close()
        if tracer is not None:
            await asyncio.to_thread(tracer.shutdown)
        _log.info("stopped", state="stuck" if stop.stuck else "asked")
    return 1 if stop.stuck else 0


async def _until_stopped(
    service: Service[Any],
    settings: ServeSettings,
    db: Database,
    wired: Wired,
    workers: Mapping[str, Worker],
    stop: asyncio.Event,
    *,
    serve: bool,
) -> None:
    probes = Probes()
    probes.add("database", db.ping)
    for name, worker in workers.items():
        probes.add(name, worker.check)
    app = create_app(
        service=service.name,
        summary=service.summary,
        routes=service.routes if serve else (),
        deps=wired.deps,
        edge=make_edge(settings, db, wired.capabilities),
        probes=probes,
    )
    try:
        listener = http_server.bind(settings.http_host, settings.http_port)
    except OSError as taken:
        address = f"{settings.http_host}:{settings.http_port}"
        sys.exit(f"{service.name}: cannot listen on {address} ({taken.strerror}): KAIROS_HTTP_PORT")
    server = http_server.make_server(
        app, settings.http_host, settings.http_port, settings.shutdown_grace_seconds
    )
    _spare_the_collector()
    serving = asyncio.create_task(server.serve([listener]))
    for worker in workers.values():
        await worker.start()
    probes.started = True
    _log.info("started", port=settings.http_port, profile=settings.profile.value)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    probes.stopping = True
    server.should_exit = True
    # Side by side, so that all ends within fifteen seconds; what a last answer still announces is
    # in the outbox and goes out with the next start.
    await asyncio.gather(serving, _stop(workers))


async def _stop(workers: Mapping[str, Worker]) -> None:
    for worker in reversed(list(workers.values())):  # the relay ends last: timers publish too
        await worker.stop()


def _spare_the_collector() -> None:
    """Keep the garbage collector from walking what start-up made, which is never freed.

    Modules, models and compiled statements are over a hundred thousand objects: a full collection
    over them stands the process still for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS)
