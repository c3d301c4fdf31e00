"""The relay: carries the outbox to the broker, each key in order and at least once.

It is woken in process by a commit and polls every 100 ms besides; there is no NOTIFY, which
would cost business transactions more than half their throughput. Published rows are kept: a
broker that comes back empty is filled from them.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from kairos_events.model import source_of

from kairos_chassis.bus import metrics, publishing
from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.heartbeat import HEARTBEAT_SECONDS, SPEAKER_SHARD, Heartbeats
from kairos_chassis.bus.lease import Leases
from kairos_chassis.bus.pipeline import Pipeline
from kairos_chassis.bus.producing import ProducerLink
from kairos_chassis.bus.waiting import wait_for_event
from kairos_chassis.db import Database
from kairos_chassis.failure import Backoff, error_name, error_place, is_infrastructure

POLL_SECONDS: Final = 0.1
DRAIN_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


class Relay:
    """Publishes one service's outbox. `run` it as a task; `wake` it after commits.

    `topics` are those the service owns: its heartbeats go to all their partitions.
    """

    def __init__(
        self,
        *,
        db: Database,
        watch: ClusterWatch,
        settings: BusSettings,
        service: str,
        topics: Sequence[str],
        leases: Leases | None = None,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        batch: int = publishing.BATCH,
    ) -> None:
        self._db = db
        self._watch = watch
        self._source = source_of(service)
        self._link = ProducerLink(db, watch, settings)
        self._leases = leases or Leases(db)
        self._heartbeats = Heartbeats(db, service, tuple(topics), heartbeat_seconds)
        self._pipeline = Pipeline(db, watch, self._leases.holder, self._source, batch=batch)
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._working = False

    @property
    def ready(self) -> bool:
        """The last turn reached database and broker, and no operator has to act."""
        return self._working and not self._link.halted

    def wake(self) -> None:
        """Look at the outbox now. Meant for `Transaction.after_commit`."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the batch in flight, then let `run` return."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Relay until `stop`. Backs off on errors, whatever they are, and never gives up."""
        renewals = asyncio.create_task(self._leases.run())
        backoff = Backoff()
        try:
            while not self._stopping.is_set():
                try:
                    more = await self._turn()
                except Exception as error:
                    self._working = False
                    await wait_for_event(self._stopping, self._failed(error, backoff))
                else:
                    self._working = True
                    backoff.reset()
                    if not more:
                        await wait_for_event(self._wake, POLL_SECONDS)
                    self._wake.clear()
        finally:
            self._working = False
            await self._end_what_is_in_flight()
            renewals.cancel()
            await asyncio.gather(renewals, return_exceptions=True)
            await self._close()

    async def _turn(self) -> bool:
        """One look at the outbox. Returns whether there is certainly more to send."""
        link = await self._link.get(self._stopping)
        if link is None:
            return False
        leases = self._leases.held()
        more = await self._pipeline.push(link, leases) if leases else False
        await self._heartbeats.beat_if_due(
            link.producer, speaker=SPEAKER_SHARD in leases, after=self._pipeline.settled.bound
        )
        return more

    async def _end_what_is_in_flight(self) -> None:
        """Mark what the broker still acknowledges; what it does not is sent again by the next."""
        try:
            if self._stopping.is_set():
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._pipeline.drain()
        except Exception as error:
            log.warning("relay_waits", error=error_name(error))
        finally:
            await self._pipeline.close()

    def _failed(self, error: Exception, backoff: Backoff) -> float:
        wait = backoff.next_seconds()
        metrics.RELAY_ERRORS.labels(error=error_name(error)).inc()
        report = log.warning if is_infrastructure(error) else log.error
        report("relay_waits", error=error_name(error), where=error_place(error), seconds=wait)
        return wait

    async def _close(self) -> None:
        await self._link.close()
        try:
            await self._leases.release()
        except Exception as error:
            if not is_infrastructure(error):
                raise
            log.warning("relay_leases_lapse", error=error_name(error))
