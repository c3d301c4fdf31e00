"""The consumer: one loop per service, from the bus to its handlers.

Effects first, in transactions of their own, then the offsets. An outage pauses everything and
backs off without counting; a rebalance waits for what is in hand and commits it.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from aiokafka import TopicPartition

from kairos_chassis.bus import freshness, metrics, parking, together
from kairos_chassis.bus.applying import Catalogue
from kairos_chassis.bus.batch import Batch, run_batch, sort_batch
from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.closing import PATIENCE_SECONDS
from kairos_chassis.bus.delivery import Delivery, Handled
from kairos_chassis.bus.drain import drain_unknown
from kairos_chassis.bus.gaps import GapWatch
from kairos_chassis.bus.lag import Lag
from kairos_chassis.bus.membership import MOVE_SECONDS, Member, join
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.bus.waiting import wait_for_event
from kairos_chassis.bus.watchdog import Watchdog
from kairos_chassis.db import Database
from kairos_chassis.failure import Backoff, error_name, error_place, is_infrastructure
from kairos_chassis.handlers import Handlers

POLL_MS: Final = 200
MAX_RECORDS: Final = 200
CONCURRENT_KEYS: Final = 4
MEASURE_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


class Consumer:
    """Consumes the topics of the declared handlers as group `kairos.<service>`.

    `on_stuck` is called from the loop when a new process is the only cure left.
    """

    def __init__(
        self,
        *,
        db: Database,
        watch: ClusterWatch,
        settings: BusSettings,
        handlers: Handlers,
        catalogue: Catalogue,
        on_stuck: Callable[[], None],
        concurrency: int = CONCURRENT_KEYS,
    ) -> None:
        self._db = db
        self._watch = watch
        self._settings = settings
        self._service = handlers.service
        self._topics = frozenset(catalogue.topic_of(name) for name in handlers.types)
        self._delivery = Delivery(db, handlers, catalogue)
        self._concurrency = concurrency
        self._watchdog = Watchdog(on_stuck)
        self._stopping = asyncio.Event()
        self._member: Member | None = None
        self._cluster: str | None = None
        self._stopped: set[TopicPartition] = set()
        self._measured = 0.0
        self._lag = Lag()
        self._gaps = GapWatch()

    @property
    def ready(self) -> bool:
        """In the group, with no partition stopped by a record that names no key."""
        if not self._topics:
            return True
        return self._member is not None and self._member.joined and not self._stopped

    def stop(self) -> None:
        """Finish what is in hand, commit, leave the group, then let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Consume until `stop`. Backs off on failures of any kind and never skips a record."""
        if not self._topics:
            await self._stopping.wait()
            return
        beside = [
            asyncio.create_task(self._watchdog.run(lambda: not self._watch.reachable)),
            asyncio.create_task(self._drain_unknown()),
        ]
        backoff = Backoff()
        try:
            while not self._stopping.is_set():
                try:
                    failure = await self._turn()
                except Exception as error:
                    failure = error
                if failure is None:
                    backoff.reset()
                else:
                    await self._back_off(failure, backoff.next_seconds())
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._leave()

    async def _turn(self) -> Exception | None:
        """Poll once and bring the batch as far as it goes. Returns what stopped it."""
        member = await self._joined_member()
        if member is None:
            return None
        await self._measure(member)
        polled = await member.client.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
        # No await from here to `idle.clear()`: a rebalance must find us idle or busy, not between.
        if not member.joined:
            member.seek(_first_offsets(polled))
            return None
        self._watchdog.touch()
        assigned = member.client.assignment()
        self._stopped &= assigned
        polled = {place: records for place, records in polled.items() if place in assigned}
        if not polled:
            return None
        member.membership.idle.clear()
        try:
            return await self._work(member, polled)
        except BaseException:
            member.seek(_first_offsets(polled))
            raise
        finally:
            member.membership.idle.set()

    async def _work(self, member: Member, polled: dict[TopicPartition, Any]) -> Exception | None:
        batch = sort_batch(
            {place: [KafkaRecord.of(r) for r in records] for place, records in polled.items()}
        )
        self._lag.note(batch.records)
        progress = await run_batch(
            batch,
            self._deliver,
            concurrency=self._concurrency,
            deliver_many=self._deliver_many,
            most=together.MOST,
            stop=lambda: self._stopping.is_set() or not member.joined,
        )
        if progress.complete and batch.heartbeats:
            async with self._db.transaction(None) as tx:
                await freshness.note(tx, self._service, batch.heartbeats)
        member.note(progress.next_offsets)
        if not progress.complete:
            member.seek(progress.next_offsets)
        else:
            self._stop_partitions(member, batch)
        return progress.failure

    async def _deliver(self, record: KafkaRecord) -> Handled:
        handled = await self._delivery.deliver(record)
        self._watchdog.touch()
        return handled

    async def _deliver_many(self, records: Sequence[KafkaRecord]) -> bool:
        delivered = await self._delivery.deliver_many(records)
        self._watchdog.touch()
        return delivered

    def _stop_partitions(self, member: Member, batch: Batch) -> None:
        """Nobody can know whose record that is: everything behind it waits for a person."""
        for place, offset in batch.stopped.items():
            log.critical(
                "partition_stopped", topic=place.topic, partition=place.partition, offset=offset
            )
            self._stopped.add(place)
            member.seek({place: offset})
            if place in member.client.assignment():
                member.client.pause(place)
        metrics.CONSUMER_STOPPED_PARTITIONS.set(len(self._stopped))

    async def _back_off(self, error: Exception, seconds: float) -> None:
        """Pause all, keep polling so that the member lives, then go on."""
        name = error_name(error)
        metrics.CONSUMER_INFRA_ERRORS.labels(error=name).inc()
        report = log.warning if is_infrastructure(error) else log.error
        report("consumer_waits", error=name, where=error_place(error), seconds=seconds)
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        try:
            while self._member is not None and not self._stopping.is_set():
                left = until - loop.time()
                if left <= 0:
                    self._member.client.resume(*(self._member.client.assignment() - self._stopped))
                    return
                await self._poll_paused(self._member, left)
        except Exception as another:  # the client itself: its next turn says more
            log.warning("consumer_waits", error=error_name(another))
        await wait_for_event(self._stopping, max(0.0, until - loop.time()))

    async def _poll_paused(self, member: Member, seconds: float) -> None:
        member.client.pause(*member.client.assignment())
        timeout_ms = max(1, min(POLL_MS, int(seconds * 1000)))
        polled = await member.client.getmany(timeout_ms=timeout_ms)
        member.seek(_first_offsets(polled))
        if member.joined:
            self._watchdog.touch()

    async def _joined_member(self) -> Member | None:
        """A client of the cluster that is there now; None when asked to stop meanwhile."""
        if self._member is not None:
            there = self._watch.cluster_id if self._watch.reachable else None
            if there in (None, self._member.cluster_id):
                return self._member
            await self._leave(patience=MOVE_SECONDS)
        cluster = await self._watch.known_unless(self._stopping)
        if cluster is None:
            return None
        anew = self._cluster not in (None, cluster)
        group = f"kairos.{self._service}"
        self._member = await join(
            self._settings, self._watch, cluster, group, self._topics, anew=anew
        )
        self._cluster = cluster
        return self._member

    async def _leave(self, *, patience: float = PATIENCE_SECONDS) -> None:
        member, self._member = self._member, None
        self._stopped.clear()
        if member is not None:
            await member.close(patience=patience)

    async def _drain_unknown(self) -> None:
        """This process may know what the one before it did not."""
        backoff = Backoff()
        while True:
            try:
                await drain_unknown(self._db, self._delivery.replay, self._service)
            except Exception as error:
                if not is_infrastructure(error):
                    log.error("unknown_events_wait", error=error_name(error))
                    return
                await asyncio.sleep(backoff.next_seconds())
            else:
                return

    async def _measure(self, member: Member) -> None:
        """Lag, gaps and parked keys, every few seconds; before the poll, for it may raise."""
        now = asyncio.get_running_loop().time()
        if now - self._measured < MEASURE_SECONDS:
            return
        self._measured = now
        await self._lag.measure(member.client)
        async with self._db.transaction(None) as tx:
            await parking.measure(tx, self._service)
            await self._gaps.look(tx, self._service)


def _first_offsets(polled: dict[TopicPartition, Any]) -> dict[TopicPartition, int]:
    """Where the poll began, for giving it back."""
    return {place: records[0].offset for place, records in polled.items() if records}
