"""A producer that belongs to one cluster, and the decision what to do when the cluster changes."""

import asyncio
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaProducer

from kairos_chassis.bus import metrics
from kairos_chassis.bus.broker import BusSettings, ClusterWatch, make_producer
from kairos_chassis.bus.closing import close_quietly
from kairos_chassis.bus.incarnation import Incarnation, adopt, recognise
from kairos_chassis.db import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """A started producer and the cluster it was started for."""

    producer: AIOKafkaProducer
    cluster_id: str


class ProducerLink:
    """Keeps one producer for the cluster that is there now."""

    def __init__(self, db: Database, watch: ClusterWatch, settings: BusSettings) -> None:
        self._db = db
        self._watch = watch
        self._settings = settings
        self._link: Link | None = None
        self.halted = False

    async def get(self, stopping: asyncio.Event) -> Link | None:
        """The link to the adopted cluster; waits for a broker that answers.

        None when asked to stop meanwhile, and while an operator has to act (`halted`).
        """
        cluster = await self._watch.known_unless(stopping)
        if cluster is None:
            return None
        if self._link is not None and self._link.cluster_id == cluster:
            return self._link
        await self.close()
        if not await self._recognised(cluster):
            return None
        producer = make_producer(self._settings)
        try:
            await producer.start()
        except BaseException:
            await close_quietly(producer.stop())
            raise
        self._link = Link(producer, cluster)
        return self._link

    async def close(self) -> None:
        """End the producer. What it could not send is still unpublished in the outbox."""
        link, self._link = self._link, None
        if link is not None:
            await close_quietly(link.producer.stop())

    async def _recognised(self, cluster: str) -> bool:
        known = await recognise(self._db, cluster)
        foreign = known is Incarnation.FOREIGN
        if foreign and not self._settings.embedded:
            self._halt(cluster)
            return False
        # A broker seen for the first time may have made topics by itself, with its own number of
        # partitions. Nothing published to them counts, so they can be made anew.
        await self._watch.ensure_topics(repair=known is not Incarnation.KNOWN)
        if foreign:
            metrics.BUS_CLUSTER_CHANGED.inc()
            await adopt(self._db, cluster)
        self.halted = False
        metrics.BUS_HALTED.set(0)
        return True

    def _halt(self, cluster: str) -> None:
        """In production a foreign cluster id means a lost or a wrong broker: a person decides."""
        if not self.halted:
            metrics.BUS_CLUSTER_CHANGED.inc()
            log.error("relay_halted_for_operator", reason="cluster_changed", cluster_id=cluster)
        self.halted = True
        metrics.BUS_HALTED.set(1)
