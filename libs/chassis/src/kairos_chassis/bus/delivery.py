"""One event from the bus to its handler, exactly once in effect and in the order of its key."""

from collections.abc import Sequence
from enum import Enum
from typing import Final

import structlog
from kairos_events.envelope import Envelope, decode
from kairos_events.wire_text import EnvelopeError
from pydantic import ValidationError

from kairos_chassis import service_acts
from kairos_chassis.bus import inbox, metrics, parked
from kairos_chassis.bus.applying import Applier, Catalogue, UnknownSchemaError
from kairos_chassis.bus.inbox import Claim, Outcome
from kairos_chassis.bus.record import KafkaRecord
from kairos_chassis.bus.replay import Replay
from kairos_chassis.bus.together import Read, Together
from kairos_chassis.bus.tracing import processing
from kairos_chassis.db import Database
from kairos_chassis.failure import error_name, is_conflict, is_infrastructure
from kairos_chassis.handlers import Handlers

TRIES: Final = 3

log = structlog.get_logger(__name__)


class Handled(Enum):
    """What became of a record; the label of the metric."""

    APPLIED = "applied"
    IGNORED = "ignored"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    PARKED = "parked"


class Delivery:
    """Applies records with a service's handlers."""

    def __init__(self, db: Database, handlers: Handlers, catalogue: Catalogue) -> None:
        self._db = db
        self._consumer = handlers.service
        self._applier = Applier(handlers, catalogue)
        self._together = Together(db, self._applier, self._consumer)
        self.replay = Replay(db, self._applier, self._consumer)

    async def deliver(self, record: KafkaRecord) -> Handled:
        """Bring a keyed record to its end: applied, recorded or parked.

        Raises only what an outage raises; the caller then tries the same record later.
        """
        try:
            envelope = decode(record.key, record.value, record.headers)
        except EnvelopeError as error:
            handled = await self._park(record, None, "undecodable", error)
        else:
            with processing(record.topic, envelope):
                handled = await self._deliver(record, envelope)
        metrics.CONSUMER_EVENTS.labels(topic=record.topic, outcome=handled.value).inc()
        return handled

    async def deliver_many(self, records: Sequence[KafkaRecord]) -> bool:
        """Bring records of one network to their end in one transaction. False if that cannot be."""
        read: list[Read] = []
        try:
            for record in records:
                read.append((record, decode(record.key, record.value, record.headers)))
        except EnvelopeError:
            return False
        if len({envelope.network for _, envelope in read}) != 1:
            return False
        done = await self._together.deliver(read)
        if done is None:
            metrics.CONSUMER_ONE_BY_ONE.inc()
            return False
        metrics.CONSUMER_BATCH_SIZE.observe(len(records))
        for outcome, these in (
            (Handled.APPLIED, done.applied),
            (Handled.IGNORED, done.ignored),
            (Handled.DUPLICATE, done.duplicates),
        ):
            for one in these:
                metrics.CONSUMER_EVENTS.labels(topic=one.topic, outcome=outcome.value).inc()
        return True

    async def _deliver(self, record: KafkaRecord, envelope: Envelope) -> Handled:
        tries = 0
        while True:
            try:
                return await self._attempt(record, envelope)
            except (ValidationError, UnknownSchemaError) as error:
                metrics.CONSUMER_UNKNOWN_SCHEMA.labels(topic=record.topic).inc()
                return await self._park(record, envelope, "unknown_schema", error)
            except Exception as error:
                if is_infrastructure(error):
                    raise
                if is_conflict(error):
                    return await self._record_conflict(record, envelope, error)
                tries += 1
                if tries == TRIES:
                    return await self._park(record, envelope, "failed", error)

    async def _attempt(self, record: KafkaRecord, envelope: Envelope) -> Handled:
        async with self._db.transaction(envelope.network) as tx:
            claim = await inbox.claim(tx, self._consumer, record.topic, envelope)
            if claim is Claim.APPLY:
                applied = await self._applier.apply(tx, envelope)
                return Handled.APPLIED if applied else Handled.IGNORED
            if claim is Claim.DUPLICATE:
                return Handled.DUPLICATE
            new = await parked.park(tx, self._consumer, record, envelope, "gap", None)
        if claim is Claim.GAP:
            log.warning("key_waits_for_missing_event", **_where(record))
        if claim is Claim.FILLS_GAP:
            await self.replay.release(record.topic, record.key_text)
        return Handled.PARKED if new else Handled.DUPLICATE

    async def _record_conflict(
        self, record: KafkaRecord, envelope: Envelope, error: Exception
    ) -> Handled:
        """The domain has answered; the answer is kept, in a transaction of its own."""
        slug = str(getattr(error, "slug", error_name(error)))
        async with self._db.transaction(envelope.network) as tx:
            await inbox.claim(
                tx, self._consumer, record.topic, envelope, outcome=Outcome.CONFLICT, error=slug
            )
            service_acts.event_refused(tx, self._consumer, envelope, slug)
        log.info("event_conflicts", reason=slug, type=envelope.type, **_where(record))
        return Handled.CONFLICT

    async def _park(
        self, record: KafkaRecord, envelope: Envelope | None, reason: str, error: Exception
    ) -> Handled:
        name = error_name(error)
        async with self._db.transaction(None) as tx:
            waits = await parked.park(tx, self._consumer, record, envelope, reason, name)
        if not waits:
            return Handled.DUPLICATE
        log.error("key_parked", reason=reason, error=name, **_where(record))
        return Handled.PARKED


def _where(record: KafkaRecord) -> dict[str, object]:
    """A record's place: enough to find it, without its key."""
    return {"topic": record.topic, "partition": record.partition, "offset": record.offset}
