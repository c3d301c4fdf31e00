"""Relay and consumer of one service, started and ended together."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.catalogue import PublishedLanguage, topic_maker
from kairos_chassis.bus.consumer import Consumer
from kairos_chassis.bus.days import keep_days_for_ever
from kairos_chassis.bus.relay import Relay
from kairos_chassis.db import Database
from kairos_chassis.failure import error_name, error_place
from kairos_chassis.handlers import Handlers
from kairos_chassis.settings import Profile, Settings

STOP_SECONDS: Final = 5.0  # for each of two: the whole process ends within fifteen

log = structlog.get_logger(__name__)


class WorkerNotReadyError(Exception):
    """The relay or the consumer does not work at the moment."""


class BusWorker:
    """Runs the bus side of a service in this process's loop."""

    def __init__(
        self,
        db: Database,
        watch: ClusterWatch,
        relay: Relay,
        consumer: Consumer,
        on_stuck: Callable[[], None],
        *,
        keep_days: int | None = None,
    ) -> None:
        self._db = db
        self._keep_days = keep_days
        self._watch = watch
        self._relay = relay
        self._consumer = consumer
        self._on_stuck = on_stuck
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Start the loops; they wait for the broker by themselves."""
        self._db.wake_relay = self._relay.wake
        for name, run in (
            ("watch", self._watch.run),
            ("relay", self._relay.run),
            ("consumer", self._consumer.run),
            ("days", lambda: keep_days_for_ever(self._db, self._keep_days)),
        ):
            task = asyncio.create_task(run(), name=f"kairos-{name}")
            task.add_done_callback(self._ended)
            self._tasks[name] = task

    async def check(self) -> None:
        """Raise WorkerNotReadyError unless relay and consumer work."""
        if not self._tasks or any(task.done() for task in self._tasks.values()):
            raise WorkerNotReadyError("ended")
        if not self._relay.ready:
            raise WorkerNotReadyError("relay")
        if not self._consumer.ready:
            raise WorkerNotReadyError("consumer")

    async def stop(self) -> None:
        """Finish what is in hand: first the consumer, whose effects still publish, then the relay.

        What does not end in time is cancelled; its transactions roll back and come again.
        """
        tasks, self._tasks = self._tasks, {}
        if not tasks:
            return
        self._consumer.stop()
        await asyncio.wait({tasks["consumer"]}, timeout=STOP_SECONDS)
        self._relay.stop()
        await asyncio.wait({tasks["relay"]}, timeout=STOP_SECONDS)
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A loop never ends by itself; if one does, only a new process helps."""
        if not self._tasks:  # `stop` ends them
            return
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None:
            log.critical("worker_ended", error=error_name(error), where=error_place(error))
        self._on_stuck()


def make_bus_worker(
    handlers: Handlers, db: Database, settings: Settings, on_stuck: Callable[[], None]
) -> BusWorker:
    """The worker of a service, from its settings. `on_stuck` asks the process to end."""
    service, language = handlers.service, PublishedLanguage()
    bus = BusSettings(
        bootstrap=settings.kafka_bootstrap,
        client_id=f"kairos-{service}",
        idempotence=settings.kafka_idempotence,
        embedded=settings.profile is Profile.EMBEDDED,
    )
    watch = ClusterWatch(bus, topic_maker(service) if bus.embedded else None)
    relay = Relay(
        db=db, watch=watch, settings=bus, service=service, topics=language.topics_of(service)
    )
    consumer = Consumer(
        db=db,
        watch=watch,
        settings=bus,
        handlers=handlers,
        catalogue=language,
        on_stuck=on_stuck,
    )
    keep = None if bus.embedded else settings.outbox_keep_days
    return BusWorker(db, watch, relay, consumer, on_stuck, keep_days=keep)
