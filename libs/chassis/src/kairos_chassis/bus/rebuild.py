"""Rebuilding a consumer's read model: a key's rows are thrown away and made again, in one
transaction, so that nobody ever sees less than all of them.

Only what keeps rows and does nothing else takes part (`handlers.Projection`). What was decided
once, such as a session that was opened, is never decided again. It runs as the owner of the tables,
for the service itself may delete nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record
from kairos_events.envelope import Envelope

from kairos_chassis.bus import inbox
from kairos_chassis.bus.applying import Catalogue
from kairos_chassis.bus.history import History, Progress
from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind
from kairos_chassis.failure import is_conflict
from kairos_chassis.handlers import Handlers, Projection, Subscription

ROUNDS: Final = 5  # a key that moves on while it is rebuilt is read on, this often

_KEYS: Final = """
select key, last_sequence from inbox_position
where consumer = $1 and topic = $2 and last_sequence > 0
  and ($3::text is null or key = $3) and ($4::timestamptz is null or last_event_at >= $4)
"""
_DISCARDED: Final = """
select fingerprint from parked_event
where consumer = $1 and topic = $2 and key = $3 and discarded_at is not null
"""


class NothingToRebuildError(Exception):
    """No handler of this service keeps rows of that topic and does nothing else."""

    slug = "nothing_to_rebuild"
    kind = Kind.INVALID


class SeveralTopicsError(Exception):
    """A table that this topic's handlers keep is kept by another topic's handlers too."""

    slug = "table_of_several_topics"
    kind = Kind.INVALID


class AnnouncesError(Exception):
    """A handler declared to rebuild rows has announced an event; nothing of it was kept."""

    slug = "projection_announces"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is rebuilt: every key, one key, or those with an event since an instant.

    A key is always rebuilt from its first event on; a part of its history makes no right rows.
    """

    topic: str
    key: str | None = None
    since: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Rebuilt:
    """What was done, or would be. `incomplete` keys were left as they are."""

    keys: int = 0
    changed: int = 0
    events: int = 0
    incomplete: int = 0
    tables: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class _RollBackError(Exception):
    """A dry run ends here."""


class Rebuild:
    """Rebuilds one service's rows of one topic. `db` is the owner's."""

    def __init__(
        self, db: Database, handlers: Handlers, catalogue: Catalogue, scope: Scope
    ) -> None:
        self._db = db
        self._consumer = handlers.service
        self._scope = scope
        self._of: dict[str, Subscription] = {}
        self.done = Rebuilt()
        tables: dict[str, set[str]] = {}
        for name in handlers.types:
            subscription = handlers.find(name)
            topic = catalogue.topic_of(name)
            if subscription is None:
                continue
            if subscription.rebuilds is not None:
                tables.setdefault(subscription.rebuilds.table, set()).add(topic)
            if topic == scope.topic:
                self._of[name] = subscription
        self._projections = {one.rebuilds for one in self._of.values() if one.rebuilds is not None}
        if not self._projections:
            raise NothingToRebuildError
        if any(len(tables[one.table]) > 1 for one in self._projections):
            raise SeveralTopicsError
        self.done.tables = sorted(one.table for one in self._projections)
        self.done.skipped = sorted(name for name, one in self._of.items() if one.rebuilds is None)

    async def run(self, history: History, progress: Progress, *, keep: bool) -> Rebuilt:
        """Rebuild, or with `keep` false only find out what would change. Raises AnnouncesError."""
        left = await self._wanted()
        total = len(left)
        for _ in range(ROUNDS):
            await history.read(left, progress)
            moved: dict[str, int] = {}
            for key, until in left.items():
                events = await history.of_key(key, until)
                if events is None:
                    self.done.incomplete += 1
                elif (now := await self._rebuild_key(key, events, keep=keep)) != until:
                    moved[key] = now
                    continue
                progress("rebuilt", self.done.keys + self.done.incomplete, total)
            left = moved
            if not left:
                break
        self.done.incomplete += len(left)
        return self.done

    async def _wanted(self) -> dict[str, int]:
        scope = self._scope
        rows = await self._db.fetch(_KEYS, self._consumer, scope.topic, scope.key, scope.since)
        return {row["key"]: row["last_sequence"] for row in rows}

    async def _rebuild_key(self, key: str, events: Sequence[Envelope], *, keep: bool) -> int:
        """Make a key's rows anew. Returns its position, under which it was done if it is the same
        as that of the last event given."""
        discarded = await self._db.fetch(_DISCARDED, self._consumer, self._scope.topic, key)
        skip = {row["fingerprint"] for row in discarded}
        while True:
            try:
                return await self._try_key(key, events, skip, keep=keep)
            except _ConflictError as conflict:
                skip.add(str(conflict.event.id))  # the domain said no, then as now

    async def _try_key(
        self, key: str, events: Sequence[Envelope], skip: set[str], *, keep: bool
    ) -> int:
        applied, changed = 0, False
        try:
            async with self._db.transaction(events[0].network) as tx:
                last = await inbox.lock_key(tx, self._consumer, self._scope.topic, key)
                if last != events[-1].sequence:
                    return last
                before = await self._rows(tx, key)
                for one in self._projections:
                    await tx.connection.execute(
                        f"delete from {one.table} where {one.key} = $1",  # noqa: S608 - declared
                        UUID(key),
                    )
                for envelope in events:
                    applied += await self._apply(tx, envelope, skip)
                changed = await self._rows(tx, key) != before
                if not keep:
                    raise _RollBackError
        except _RollBackError:
            pass
        self.done.keys += 1
        self.done.events += applied
        self.done.changed += changed
        return events[-1].sequence

    async def _apply(self, tx: Transaction, envelope: Envelope, skip: set[str]) -> bool:
        subscription = self._of.get(envelope.type)
        if subscription is None or subscription.keeps is None or str(envelope.id) in skip:
            return False
        event = subscription.reader.from_json(envelope.data)
        try:
            await subscription.keeps(event, envelope, tx)
            if tx.events:
                raise AnnouncesError
            await tx.flush()
        except Exception as error:
            if is_conflict(error):
                raise _ConflictError(envelope) from error
            raise
        return True

    async def _rows(self, tx: Transaction, key: str) -> Mapping[str, list[Record]]:
        return {
            one.table: await tx.connection.fetch(_rows_of(one), UUID(key))
            for one in self._projections
        }


class _ConflictError(Exception):
    def __init__(self, event: Envelope) -> None:
        super().__init__()
        self.event = event


def _rows_of(one: Projection) -> str:
    return (
        f"select to_jsonb(kept)::text from {one.table} as kept"  # noqa: S608 - declared in code
        f" where kept.{one.key} = $1 order by 1"
    )
