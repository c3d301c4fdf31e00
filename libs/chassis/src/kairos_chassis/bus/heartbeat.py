"""What a relay tells every partition, so that consumers can tell silence from lag."""

import asyncio
import time
from datetime import datetime
from typing import Final

from aiokafka import AIOKafkaProducer
from kairos_events.heartbeat import encode_heartbeat, heartbeat
from kairos_events.model import source_of

from kairos_chassis.bus import metrics
from kairos_chassis.bus.settled import EVERYTHING, Bound
from kairos_chassis.db import Database

HEARTBEAT_SECONDS: Final = 2.0
SPEAKER_SHARD: Final = 0  # the relay which holds this shard speaks for the service

# The lowest id was recorded before any other unpublished event was committed.
_OLDEST: Final = "select time from relay_oldest($1, $2, 9223372036854775807)"


class Heartbeats:
    """Sends "everything committed before this time has been sent" to the service's partitions."""

    def __init__(self, db: Database, service: str, topics: tuple[str, ...], every: float) -> None:
        self._db = db
        self._source = source_of(service)
        self._topics = topics
        self._every = every
        self._due = 0.0

    async def beat_if_due(
        self, producer: AIOKafkaProducer, *, speaker: bool, after: Bound = EVERYTHING
    ) -> None:
        """Measure the age of the outbox and, as the speaker, send a heartbeat to each partition.

        Nobody waits for the answers: a heartbeat that is lost is followed by the next.
        """
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + self._every
        as_of = await self.published_until(after)
        if not speaker:
            return
        record = encode_heartbeat(heartbeat(self._source, as_of))
        for topic in self._topics:
            for partition in sorted(await producer.partitions_for(topic)):
                answer = await producer.send(
                    topic, record.value, partition=partition, headers=record.headers
                )
                answer.add_done_callback(_lost_or_not)

    async def published_until(self, after: Bound = EVERYTHING) -> datetime:
        """The clock is read before the outbox: what is committed by then, the snapshot shows."""
        now = self._db.clock.now()
        rows = await self._db.fetch(_OLDEST, after.id, after.day)
        oldest: datetime | None = rows[0]["time"] if rows else None
        age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
        metrics.OUTBOX_OLDEST_AGE_SECONDS.set(age)
        return now if oldest is None else min(now, oldest)


def _lost_or_not(answer: "asyncio.Future[object]") -> None:
    """Look at the answer, so that a failed send is not reported as an error nobody looked at."""
    if not answer.cancelled() and answer.exception() is not None:
        metrics.RELAY_HEARTBEATS_LOST.inc()
