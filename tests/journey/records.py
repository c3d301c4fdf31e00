"""Reads the broker from its beginning to its end, as any partner could."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from aiokafka import AIOKafkaConsumer
from kairos_events.envelope import Envelope, decode
from kairos_events.heartbeat import is_heartbeat

_PATIENCE_S = 60.0
_PAUSE_MS = 50


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies on the broker."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    def everything(self) -> bytes:
        """All its bytes, for a search."""
        parts = [self.key or b"", self.value or b""]
        parts += [name.encode() + b"=" + value for name, value in self.headers]
        return b"\n".join(parts)

    def envelope(self) -> Envelope | None:
        """The event it carries; None for a heartbeat. Raises EnvelopeError."""
        headers = list(self.headers)
        return None if is_heartbeat(headers) else decode(self.key, self.value, headers)


@dataclass(frozen=True, slots=True)
class Crossed:
    """The events of one network on the broker, each once, and how many lay there again."""

    events: dict[UUID, tuple[str, Envelope]]  # by event id: topic and envelope
    repeated: int

    def types(self) -> list[str]:
        """The type of every event."""
        return [envelope.type for _, envelope in self.events.values()]

    def sequences(self) -> dict[tuple[str, str], list[int]]:
        """The sequences of each topic and key, sorted."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for topic, envelope in self.events.values():
            assert envelope.key is not None  # only heartbeats have none
            found[topic, envelope.key].append(envelope.sequence)
        return {place: sorted(numbers) for place, numbers in found.items()}


def crossed(records: Iterable[Record], network: UUID) -> Crossed:
    """The events of a network among these records."""
    events: dict[UUID, tuple[str, Envelope]] = {}
    repeated = 0
    for record in records:
        envelope = record.envelope()
        if envelope is None or envelope.network != network:
            continue
        repeated += envelope.id in events
        events[envelope.id] = (record.topic, envelope)
    return Crossed(events, repeated)


def gaps(sequences: dict[tuple[str, str], list[int]]) -> list[tuple[str, str]]:
    """Topics and keys whose events are not numbered 1, 2, 3 … without hole or double."""
    return [
        place for place, numbers in sequences.items() if numbers != list(range(1, len(numbers) + 1))
    ]


async def read(bootstrap: str, topics: Sequence[str]) -> list[Record]:
    """Every record of these topics, which must exist, up to their present ends."""
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        group_id=None,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )
    await consumer.start()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while {place.topic for place in consumer.assignment()} != set(topics):
                await consumer.getmany(timeout_ms=_PAUSE_MS)  # one just made is not known at once
            return await _to_the_end(consumer)
    finally:
        await consumer.stop()


async def _to_the_end(consumer: AIOKafkaConsumer) -> list[Record]:
    places = list(consumer.assignment())
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    found: list[Record] = []
    while any([await consumer.position(place) < ends[place] for place in places]):
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            found += [Record(r.topic, r.key, r.value, tuple(r.headers)) for r in batch]
    return found
