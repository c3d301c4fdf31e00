"""Replaying a parked key: in order, each event in its own transaction, under the key's lock."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import structlog
from kairos_events.envelope import Envelope, decode
from kairos_events.wire_text import EnvelopeError
from pydantic import ValidationError

from kairos_chassis.bus import inbox, parked
from kairos_chassis.bus.applying import Applier, UnknownSchemaError
from kairos_chassis.bus.inbox import Outcome
from kairos_chassis.bus.parking import ParkedEvent
from kairos_chassis.db import Database, Transaction
from kairos_chassis.failure import error_name, is_conflict, is_infrastructure

TRIES: Final = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a release did: events brought to their end, and why the key still waits, if it does."""

    replayed: int
    held_by: str | None


class _Step(Enum):
    DONE = "done"  # one event of the list is finished
    AGAIN = "again"  # the list changed under us: look again
    GAP = "gap"  # the next event is missing


class Replay:
    """Replays parked keys with a service's handlers."""

    def __init__(self, db: Database, applier: Applier, consumer: str) -> None:
        self._db = db
        self._applier = applier
        self._consumer = consumer

    async def release(self, topic: str, key: str) -> Release:
        """Replay a key until its list is empty, and unpark it, or until an event holds it again.

        Raises only what an outage raises; what was replayed before it stays done.
        """
        replayed = 0
        while (head := await self._head(topic, key)) is not None:
            step, reason, error = await self._bring(head)
            if reason is not None and await self._hold(head, reason, error):
                log.warning("key_held", topic=topic, reason=reason, error=error, count=replayed)
                return Release(replayed=replayed, held_by=reason)
            replayed += step is _Step.DONE
        return Release(replayed=replayed, held_by=None)

    async def _bring(self, head: ParkedEvent) -> tuple[_Step | None, str | None, str | None]:
        """One step; where it leads nowhere, the reason to hold the key and the error's name."""
        try:
            envelope = decode(head.record.key, head.record.value, head.record.headers)
        except EnvelopeError as error:
            return None, "undecodable", error_name(error)
        try:
            step = await self._with_tries(head, envelope)
        except (ValidationError, UnknownSchemaError) as error:
            return None, "unknown_schema", error_name(error)
        except Exception as error:
            if is_infrastructure(error):
                raise
            return None, "failed", error_name(error)
        return step, "gap" if step is _Step.GAP else None, None

    async def _head(self, topic: str, key: str) -> ParkedEvent | None:
        """The first event that waits; without one, the key is unparked under its lock."""
        async with self._db.transaction(None) as tx:
            await inbox.lock_key(tx, self._consumer, topic, key)
            waiting = await parked.show(tx, self._consumer, topic, key, limit=1)
            if not waiting:
                await parked.unpark(tx, self._consumer, topic, key)
            return waiting[0] if waiting else None

    async def _with_tries(self, head: ParkedEvent, envelope: Envelope) -> _Step:
        tries = 0
        while True:
            try:
                return await self._replay_one(head, envelope)
            except (ValidationError, UnknownSchemaError):
                raise
            except Exception as error:
                if is_infrastructure(error):
                    raise
                if is_conflict(error):
                    slug = str(getattr(error, "slug", error_name(error)))
                    return await self._replay_one(head, envelope, conflict=slug)
                tries += 1
                if tries == TRIES:
                    raise

    async def _replay_one(
        self, head: ParkedEvent, envelope: Envelope, *, conflict: str | None = None
    ) -> _Step:
        topic, key = head.record.topic, head.record.key_text
        async with self._db.transaction(envelope.network) as tx:
            last = await inbox.lock_key(tx, self._consumer, topic, key)
            waiting = await parked.show(tx, self._consumer, topic, key, limit=1)
            if not waiting or waiting[0].id != head.id:
                return _Step.AGAIN
            if envelope.sequence > last + 1:
                return _Step.GAP
            if envelope.sequence == last + 1:
                await self._take(tx, topic, key, envelope, conflict)
            await parked.remove(tx, head)
            return _Step.DONE

    async def _take(
        self, tx: Transaction, topic: str, key: str, envelope: Envelope, conflict: str | None
    ) -> None:
        outcome = Outcome.APPLIED if conflict is None else Outcome.CONFLICT
        new = await inbox.remember(tx, self._consumer, envelope, outcome, conflict)
        await inbox.advance(tx, self._consumer, topic, key, envelope.sequence, envelope.time)
        if new and conflict is None:
            await self._applier.apply(tx, envelope)

    async def _hold(self, head: ParkedEvent, reason: str, error: str | None) -> bool:
        """Say why the key waits. False if its first event is another by now: look again."""
        topic, key = head.record.topic, head.record.key_text
        async with self._db.transaction(None) as tx:
            await inbox.lock_key(tx, self._consumer, topic, key)
            waiting = await parked.show(tx, self._consumer, topic, key, limit=1)
            if not waiting or waiting[0].id != head.id:
                return False
            await parked.hold(tx, self._consumer, topic, key, reason, error)
        return True
