"""A look's rows on their way to the producer: a few one by one, many as batches of our making.

The producer keeps a future, a timestamp and a place in a queue for every record it is handed, which
costs more than all the rest of a relay's work. A backlog therefore leaves in record batches filled
here, partition by partition. The broker answers for such a batch as a whole: if it refuses one for
good, its keys are suspects, and each is sent alone the next time.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence, Set
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from asyncpg import Record
from kairos_events.wire_text import EnvelopeError

from kairos_chassis.bus.publishing import Key
from kairos_chassis.bus.sending import Flight, Place, Rider, Sent, give_up, key_of, send_one, start
from kairos_chassis.bus.tracing import end_send, spans_are_kept
from kairos_chassis.bus.wire import Wire, partition_of

MANY: Final = 32
LARGE: Final = 32_768  # bytes of data from which on a record goes by itself


async def send(
    producer: AIOKafkaProducer, rows: Sequence[Record], wire: Wire, alone: Set[Key] = frozenset()
) -> Sent:
    """Hand all rows to the producer, in order. It holds us up while it has enough to send.

    `alone` are keys whose records share no batch with others.
    """
    sent = Sent(rows)
    wire.traced = spans_are_kept()
    try:
        loads = await _sort(producer, sent, wire, alone)
        if loads:
            async with asyncio.TaskGroup() as tasks:
                for place, load in loads.items():
                    tasks.create_task(_send_load(producer, sent, place, load, wire))
    except BaseException:
        give_up(sent)
        raise
    return sent


async def _sort(
    producer: AIOKafkaProducer, sent: Sent, wire: Wire, alone: Set[Key]
) -> dict[Place, list[Record]]:
    """The rows that travel in batches, by partition; the others are sent at once.

    A key goes one way or the other with all its rows, or it would overtake itself.
    """
    partitions: dict[str, int] = {}
    loads: dict[Place, list[Record]] = defaultdict(list)
    single = set(alone)
    if len(sent.rows) >= MANY:
        single |= {key_of(row) for row in sent.rows if len(row["data"]) > LARGE}
    for row in sent.rows:
        topic = row["topic"]
        try:
            if topic not in partitions:
                partitions[topic] = len(await producer.partitions_for(topic))
        except (KafkaError, OSError) as error:
            sent.refuse(row, error)
        else:
            place = topic, partition_of(row["key"].encode(), partitions[topic])
            if len(sent.rows) >= MANY and key_of(row) not in single:
                loads[place].append(row)
                continue
            await send_one(producer, sent, place, row, wire)
        if sent.unavailable is not None:
            return {}  # each of the others would wait for the broker as long
    return loads


async def _send_load(
    producer: AIOKafkaProducer, sent: Sent, place: Place, load: list[Record], wire: Wire
) -> None:
    """Fill and send one partition's batches. What cannot be handed over stops all that is left."""
    batch, riders = producer.create_batch(), list[Rider]()
    for number, row in enumerate(load):
        if sent.refused and key_of(row) in sent.refused:
            continue
        try:
            span, record = start(row, wire)
        except EnvelopeError as unsound:
            sent.refuse(row, unsound)
            continue
        fields = {"key": record.key, "value": record.value, "headers": record.headers}
        if batch.append(timestamp=None, **fields) is None:
            error = await _dispatch(producer, sent, place, batch, riders)
            if error is not None:
                end_send(span, asyncio.CancelledError())
                # Or what follows in a later look would be marked past it.
                for left in load[number:]:
                    sent.refuse(left, error)
                return
            batch, riders = producer.create_batch(), []
            batch.append(timestamp=None, **fields)
        riders.append((row, span))
    if riders:
        await _dispatch(producer, sent, place, batch, riders)


async def _dispatch(
    producer: AIOKafkaProducer, sent: Sent, place: Place, batch: object, riders: list[Rider]
) -> Exception | None:
    """Hand over one batch. Returns why it could not be, its keys then being refused."""
    topic, partition = place
    try:
        answer = await producer.send_batch(batch, topic, partition=partition)
    except (KafkaError, OSError) as error:
        for row, span in riders:
            end_send(span, error)
            sent.refuse(row, error)
        return error
    except BaseException as error:
        for _, span in riders:
            end_send(span, error)
        raise
    sent.flights.append(Flight(riders, answer))
    return None
