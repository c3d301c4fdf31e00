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
DeliverMany = Callable[[Sequence[KafkaRecord]], Awaitable[bool]]
Lane = deque[KafkaRecord]
_FEW = 8  # records per worker from which on a transaction for each is more costly than its risk


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
    batch: Batch,
    deliver: Deliver,
    *,
    concurrency: int,
    stop: Callable[[], bool],
    deliver_many: DeliverMany | None = None,
    most: int = 1,
) -> Progress:
    """Deliver a batch, at most `concurrency` keys at a time, until done, stopped or failed.

    A record in hand is always finished; `stop` is asked before each next one. Where there are many,
    lanes go in groups of up to `most` records through `deliver_many`, and one by one if that says
    false.
    """
    total = sum(len(lane) for lane in batch.lanes)
    many = deliver_many if total >= concurrency * _FEW else None
    groups = _groups(batch.lanes, most) if many else deque([lane] for lane in batch.lanes)
    run = _Run(groups, deliver, many, stop)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(concurrency, len(groups))):
            tasks.create_task(run.work())
    offsets = _next_offsets(batch, run.done)
    return Progress(offsets, len(run.done) == total, run.failures[0] if run.failures else None)


@dataclass(slots=True)
class _Run:
    """A batch being delivered: what is left of it, what is done, and what went wrong."""

    groups: deque[list[Lane]]
    deliver: Deliver
    many: DeliverMany | None
    stop: Callable[[], bool]
    done: set[tuple[TopicPartition, int]] = field(default_factory=set)
    failures: list[Exception] = field(default_factory=list)

    async def work(self) -> None:
        """Bring one group after another to its end."""
        while self.groups and not self._ends():
            try:
                await self._bring(self.groups.popleft())
            except Exception as error:
                self.failures.append(error)
                return

    async def _bring(self, group: list[Lane]) -> None:
        records = [record for lane in group for record in lane]
        if self.many is not None and len(records) > 1 and await self.many(records):
            self.done.update((_place(one), one.offset) for one in records)
            return
        for record in records:
            if self._ends():
                return
            await self.deliver(record)
            self.done.add((_place(record), record.offset))

    def _ends(self) -> bool:
        return bool(self.failures) or self.stop()


def _place(record: KafkaRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _groups(lanes: Sequence[Lane], most: int) -> deque[list[Lane]]:
    """Lanes together with others of their network, up to so many records."""
    groups: deque[list[Lane]] = deque()
    open_groups: dict[str | None, tuple[list[Lane], int]] = {}
    for lane in lanes:
        network = lane[0].header("ce_network")
        group, size = open_groups.get(network, ([], most))
        if size + len(lane) > most:
            group, size = [], 0
            groups.append(group)
        group.append(lane)
        open_groups[network] = group, size + len(lane)
    return groups


def _next_offsets(batch: Batch, done: set[tuple[TopicPartition, int]]) -> dict[TopicPartition, int]:
    """Where each partition goes on: the first undone keyed record, or after the last."""
    offsets: dict[TopicPartition, int] = {}
    for place, records in batch.records.items():
        undone = (r.offset for r in records if r.key is not None and (place, r.offset) not in done)
        if records:
            offsets[place] = next(undone, records[-1].offset + 1)
    return offsets
