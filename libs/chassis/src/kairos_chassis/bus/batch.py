"""One polled batch: keys side by side, each key's records in order.

Offsets say how far each partition is done without a hole; after a failure everything from the
first undone record on comes again, and what was done already is a duplicate to the inbox.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiokafka import TopicPartition
from kairos_events.heartbeat import decode_heartbeat
from kairos_events.wire_text import EnvelopeError

from kairos_chassis.bus.record import KafkaRecord

Deliver = Callable[[KafkaRecord], Awaitable[Any]]
Lane = deque[KafkaRecord]


@dataclass(slots=True)
class Batch:
    """What was polled, sorted: lanes by key, heartbeats, partitions that cannot go on."""

    records: dict[TopicPartition, list[KafkaRecord]]
    lanes: list[Lane] = field(default_factory=list)
    heartbeats: dict[tuple[str, int], datetime] = field(default_factory=dict)
    stopped: dict[TopicPartition, int] = field(default_factory=dict)  # at this offset


@dataclass(slots=True)
class Progress:
    """How far each partition is done, and what stopped it."""

    next_offsets: dict[TopicPartition, int]
    complete: bool
    failure: Exception | None


def sort_batch(polled: Mapping[TopicPartition, Sequence[KafkaRecord]]) -> Batch:
    """Sort a poll. A partition ends before a keyless record that is no heartbeat."""
    batch = Batch({})
    for place, records in polled.items():
        lanes: dict[bytes, Lane] = {}
        taken = batch.records.setdefault(place, [])
        for record in records:
            if record.key is None:
                try:
                    beat = decode_heartbeat(None, record.value, record.headers)
                except EnvelopeError:
                    batch.stopped[place] = record.offset
                    break
                batch.heartbeats[place.topic, place.partition] = beat.time
            else:
                lanes.setdefault(record.key, deque()).append(record)
            taken.append(record)
        batch.lanes.extend(lanes.values())
    return batch


async def run_batch(
    batch: Batch, deliver: Deliver, *, concurrency: int, stop: Callable[[], bool]
) -> Progress:
    """Deliver a batch, at most `concurrency` keys at a time, until done, stopped or failed.

    A record in hand is always finished; `stop` is asked before each next one.
    """
    done: set[tuple[TopicPartition, int]] = set()
    failures: list[Exception] = []
    lanes = deque(batch.lanes)

    async def work() -> None:
        while lanes:
            lane = lanes.popleft()
            for record in lane:
                if failures or stop():
                    return
                try:
                    await deliver(record)
                except Exception as error:
                    failures.append(error)
                    return
                done.add((TopicPartition(record.topic, record.partition), record.offset))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(concurrency, len(lanes))):
            group.create_task(work())
    offsets = _next_offsets(batch, done)
    complete = len(done) == sum(len(lane) for lane in batch.lanes)
    return Progress(offsets, complete, failures[0] if failures else None)


def _next_offsets(batch: Batch, done: set[tuple[TopicPartition, int]]) -> dict[TopicPartition, int]:
    """Where each partition goes on: the first undone keyed record, or after the last."""
    offsets: dict[TopicPartition, int] = {}
    for place, records in batch.records.items():
        undone = (r.offset for r in records if r.key is not None and (place, r.offset) not in done)
        if records:
            offsets[place] = next(undone, records[-1].offset + 1)
    return offsets
