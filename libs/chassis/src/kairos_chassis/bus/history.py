"""All events that a consumer has ever taken from a topic, read anew and put in the order of their
keys: what a read model is rebuilt from.

They are laid down in a temporary table, so that a history of years needs no memory. That it is
whole is known for certain: a key's events are numbered, and its position says how many there are.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaConsumer
from kairos_events.envelope import Envelope, decode
from kairos_events.wire_text import EnvelopeError

from kairos_chassis.bus.from_start import reading_from_start
from kairos_chassis.bus.record import KafkaRecord

IDLE_SECONDS: Final = 10.0  # a broker that has nothing more to say has said it by then
POLL_MS: Final = 500
MAX_RECORDS: Final = 2_000

Progress = Callable[[str, int, int], None]
"""Hears what is done, how much of it, and of how much."""

_TABLE: Final = """
create temporary table history (
    key text, sequence bigint, value bytea, header_names text[], header_values bytea[])
"""
_INDEX: Final = "create index on history (key, sequence)"
_OF_KEY: Final = "select * from history where key = $1 and sequence <= $2 order by sequence"


@dataclass(slots=True)
class History:
    """The events of a topic, as far as they have been read."""

    spool: "asyncpg.Connection[asyncpg.Record]"
    client: AIOKafkaConsumer | None  # None where there is no such topic
    _until: dict[str, int] = field(default_factory=dict)  # without a hole
    _ahead: dict[str, set[int]] = field(default_factory=dict)

    async def read(self, wanted: Mapping[str, int], progress: Progress) -> None:
        """Read on until every key has all its events up to the one wanted, or there are no more.

        `wanted`: key to last sequence. What is later than that is kept as well.
        """
        total = sum(wanted.values())
        left = self._left(wanted)
        quiet_since = time.monotonic()
        while self.client and left and time.monotonic() - quiet_since < IDLE_SECONDS:
            polled = await self.client.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
            records = [KafkaRecord.of(one) for some in polled.values() for one in some]
            facts = [one for one in records if one.key is not None]
            if not facts:  # heartbeats alone are no sign that more will come
                continue
            quiet_since = time.monotonic()
            await self._keep([one for one in facts if one.key_text in wanted])
            left = self._left(wanted)
            progress("read", total - left, total)

    async def of_key(self, key: str, until: int) -> list[Envelope] | None:
        """A key's events from the first to `until`; None if not all of them have been read."""
        if self._until.get(key, 0) < until:
            return None
        return [_envelope(row) for row in await self.spool.fetch(_OF_KEY, key, until)]

    def _left(self, wanted: Mapping[str, int]) -> int:
        return sum(max(0, last - self._until.get(key, 0)) for key, last in wanted.items())

    async def _keep(self, records: list[KafkaRecord]) -> None:
        """Lay down what is new; a copy of an event is not."""
        rows = []
        for record in records:
            try:
                envelope = decode(record.key, record.value, record.headers)
            except EnvelopeError:
                continue  # parked, if it was ever consumed; a read model knows nothing of it
            if self._is_new(record.key_text, envelope.sequence):
                names = [name for name, _ in record.headers]
                values = [value for _, value in record.headers]
                rows.append((record.key_text, envelope.sequence, record.value, names, values))
        await self.spool.copy_records_to_table("history", records=rows)

    def _is_new(self, key: str, sequence: int) -> bool:
        until, ahead = self._until.get(key, 0), self._ahead.setdefault(key, set())
        if sequence <= until or sequence in ahead:
            return False
        ahead.add(sequence)
        while until + 1 in ahead:
            until += 1
            ahead.remove(until)
        self._until[key] = until
        return True


@asynccontextmanager
async def history_of(bootstrap: str, owner_url: str, topic: str) -> AsyncIterator[History]:
    """Opens a topic's history. It reads from the beginning, in no group, and commits nothing."""
    spool: asyncpg.Connection[Any] = await asyncpg.connect(owner_url, timeout=10)
    try:
        await spool.execute(_TABLE)
        await spool.execute(_INDEX)
        async with reading_from_start(bootstrap, topic) as client:
            yield History(spool, client)
    finally:
        await spool.close()


def _envelope(row: asyncpg.Record) -> Envelope:
    headers = zip(row["header_names"], row["header_values"], strict=True)
    return decode(row["key"].encode(), row["value"], list(headers))
