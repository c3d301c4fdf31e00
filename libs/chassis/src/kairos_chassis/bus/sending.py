"""Sending a batch of the outbox: all in flight together, a key only as far as its first failure."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from asyncpg import Record
from kairos_events.wire_text import EnvelopeError
from opentelemetry.trace import Span

from kairos_chassis.bus import metrics
from kairos_chassis.bus.publishing import Key
from kairos_chassis.bus.tracing import end_send, start_send
from kairos_chassis.bus.wire import Wire, partition_of


@dataclass(slots=True)
class Flight:
    """A record on its way: its row, its span if it is traced, and the broker's answer to come."""

    row: Record
    span: Span | None
    answer: Any


@dataclass(slots=True)
class Sent:
    """What comes of a batch: ids to mark, keys whose next event was refused, the last error.

    `given_up` are keys of which an earlier batch failed: what follows is not marked either.
    """

    rows: Sequence[Record]
    flights: deque[Flight] = field(default_factory=deque)
    acknowledged: list[int] = field(default_factory=list)
    refused: dict[Key, Exception] = field(default_factory=dict)
    given_up: set[Key] = field(default_factory=set)
    unavailable: Exception | None = None
    topics: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def passed(self) -> set[Key]:
        """The keys of which everything in this batch may count."""
        keys = {(row["topic"], row["key"]) for row in self.rows}
        return keys - self.refused.keys() - self.given_up


async def send(producer: AIOKafkaProducer, rows: Sequence[Record], wire: Wire) -> Sent:
    """Hand all rows to the producer, in order. It holds us up while it has enough to send."""
    sent = Sent(rows)
    partitions: dict[str, int] = {}
    for row in rows:
        if sent.refused and (row["topic"], row["key"]) in sent.refused:
            continue
        span, traceparent, tracestate = start_send(
            row["topic"], row["event_id"], row["type"], row["traceparent"], row["tracestate"]
        )
        try:
            record = wire.record(row, traceparent, tracestate)
            if row["topic"] not in partitions:
                partitions[row["topic"]] = len(await producer.partitions_for(row["topic"]))
            answer = await producer.send(
                row["topic"],
                record.value,
                record.key,
                partition_of(record.key or b"", partitions[row["topic"]]),
                headers=record.headers,
            )
        except (KafkaError, OSError, EnvelopeError) as error:
            end_send(span, error)
            _refuse(sent, row, error)
            if sent.unavailable is not None:
                break  # each of the others would wait for the broker as long
        except BaseException:
            give_up(sent)
            raise
        else:
            sent.flights.append(Flight(row, span, answer))
    return sent


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
        end_send(flight.span, asyncio.CancelledError())
    sent.flights.clear()


async def _settle_one(sent: Sent, flight: Flight) -> None:
    row = flight.row
    try:
        await flight.answer
    except (KafkaError, OSError) as error:
        end_send(flight.span, error)
        _refuse(sent, row, error)
        return
    end_send(flight.span, None)
    key = (row["topic"], row["key"])
    if key not in sent.refused and key not in sent.given_up:
        sent.acknowledged.append(row["id"])
        sent.topics[row["topic"]] += 1


def _refuse(sent: Sent, row: Record, error: Exception) -> None:
    """Later events of the key stay unmarked, even if the broker took them: never past a failure."""
    sent.refused.setdefault((row["topic"], row["key"]), error)
    if isinstance(error, OSError) or getattr(error, "retriable", False):
        sent.unavailable = error
