"""Sending a batch of the outbox: all in flight together, a key only as far as its first failure.

A few rows are handed to the producer one by one. Many travel as record batches that we fill
ourselves, one answer for each instead of one for each record: `bulk` does that.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from asyncpg import Record
from kairos_events.envelope import Record as Wired
from kairos_events.wire_text import EnvelopeError
from opentelemetry.trace import Span

from kairos_chassis.bus import metrics
from kairos_chassis.bus.publishing import Key
from kairos_chassis.bus.tracing import end_send, start_send
from kairos_chassis.bus.wire import Wire

Place = tuple[str, int]  # topic, partition
Rider = tuple[Record, Span | None]  # a row, and its span if it is traced


@dataclass(slots=True)
class Flight:
    """Records on their way together, and the broker's one answer to come."""

    riders: list[Rider]
    answer: Any


@dataclass(slots=True)
class Sent:
    """What comes of a batch: ids to mark and their days, keys that were refused, the last error.

    `refused_from` says at which id each refused key stopped: what was before it counts.
    `given_up` are keys of which an earlier batch failed: what follows is not marked either.
    `suspects` are keys that were refused together: which of them is to blame shows when each is
    sent alone.
    """

    rows: Sequence[Record]
    flights: deque[Flight] = field(default_factory=deque)
    acknowledged: dict[int, date] = field(default_factory=dict)
    refused: dict[Key, Exception] = field(default_factory=dict)
    refused_from: dict[Key, int] = field(default_factory=dict)
    suspects: set[Key] = field(default_factory=set)
    given_up: set[Key] = field(default_factory=set)
    unavailable: Exception | None = None
    topics: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def passed(self) -> set[Key]:
        """The keys of which everything in this batch may count."""
        return {key_of(row) for row in self.rows} - self.failed()

    def failed(self) -> set[Key]:
        """The keys of which nothing more may be marked."""
        return self.refused.keys() | self.suspects | self.given_up

    def may_be_marked(self, row: Record) -> bool:
        """Whether nothing of the row's key failed before it."""
        key = key_of(row)
        if key in self.given_up or key in self.suspects:
            return False
        return key not in self.refused_from or row["id"] < self.refused_from[key]

    def refuse(self, row: Record, error: Exception) -> None:
        """Later events of the key stay unmarked, even if the broker took them: never past it."""
        self.refused.setdefault(key_of(row), error)
        self.refused_from.setdefault(key_of(row), row["id"])
        if _passes(error):
            self.unavailable = error


def key_of(row: Record) -> Key:
    """The ordering key of a row."""
    return row["topic"], row["key"]


def start(row: Record, wire: Wire) -> tuple[Span | None, Wired]:
    """The row's span, started, and its record. Raises EnvelopeError for one that must not leave."""
    if not wire.traced:  # the context of the request travels on as it is
        return None, wire.record(row, row["traceparent"], row["tracestate"])
    span, traceparent, tracestate = start_send(
        row["topic"], row["event_id"], row["type"], row["traceparent"], row["tracestate"]
    )
    try:
        return span, wire.record(row, traceparent, tracestate)
    except EnvelopeError as error:
        end_send(span, error)
        raise


async def send_one(
    producer: AIOKafkaProducer, sent: Sent, place: Place, row: Record, wire: Wire
) -> None:
    """Hand one row to the producer, unless its key has failed in this batch already."""
    if sent.refused and key_of(row) in sent.refused:
        return
    span: Span | None = None
    try:
        span, record = start(row, wire)
        topic, partition = place
        answer = await producer.send(
            topic, record.value, record.key, partition, headers=record.headers
        )
    except EnvelopeError as error:
        sent.refuse(row, error)
    except (KafkaError, OSError) as error:
        end_send(span, error)
        sent.refuse(row, error)
    except BaseException as error:
        end_send(span, error)
        raise
    else:
        sent.flights.append(Flight([(row, span)], answer))


async def settle(sent: Sent) -> Sent:
    """Await every answer of the broker, in order; given up, the rest of the spans end too."""
    try:
        while sent.flights:
            await _settle_one(sent, sent.flights[0])
            sent.flights.popleft()
    finally:
        give_up(sent)
    for topic, count in sent.topics.items():
        metrics.RELAY_PUBLISHED.labels(topic=topic).inc(count)
    return sent


def give_up(sent: Sent) -> None:
    """Wait for no more answers: what was sent may arrive, and is sent again."""
    for flight in sent.flights:
        flight.answer.cancel()
        for _, span in flight.riders:
            end_send(span, asyncio.CancelledError())
    sent.flights.clear()


async def _settle_one(sent: Sent, flight: Flight) -> None:
    try:
        await flight.answer
    except (KafkaError, OSError) as error:
        _refused(sent, flight, error)
        return
    some_failed = bool(sent.refused or sent.suspects or sent.given_up)
    for row, span in flight.riders:
        end_send(span, None)
        if not some_failed or sent.may_be_marked(row):
            sent.acknowledged[row["id"]] = row["recorded_on"]
            sent.topics[row["topic"]] += 1


def _refused(sent: Sent, flight: Flight, error: Exception) -> None:
    together = len(flight.riders) > 1 and not _passes(error)
    for row, span in flight.riders:
        end_send(span, error)
        if together:
            sent.suspects.add(key_of(row))
        else:
            sent.refuse(row, error)


def _passes(error: Exception) -> bool:
    """Whether it is the broker that cannot at the moment, and not the record that never will."""
    return isinstance(error, OSError) or bool(getattr(error, "retriable", False))
