"""The broker alone: `python -m benchmarks.raw`, the floor of relay and latency.

Orders come as JSON lines on standard input, results leave as JSON lines on standard output.
Producer and consumer have the settings of the chassis, and the records are those of a real event.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kairos_chassis.bus.broker import BusSettings, make_consumer, make_producer
from kairos_events.envelope import Envelope, Record, encode
from kairos_events.uuid7 import uuid7

from benchmarks.events import discharge

BARRIER = 500  # the relay waits for as many acknowledgements before it goes on
LATENCY_TOPIC = "benchmark.raw"


def record(network: UUID | None = None) -> Record:
    """A discharge as it travels."""
    event = discharge()
    return encode(
        Envelope(
            id=uuid7(),
            type=event.type,
            source=event.source,
            time=datetime.now(UTC),
            subject=event.key,
            dataschema=event.dataschema,
            network=network or uuid4(),
            sequence=1,
            data=event.to_json(),
            key=event.key,
        )
    )


async def produce(producer: AIOKafkaProducer, topic: str, count: int) -> dict[str, float]:
    """Send `count` records of one network and wait for all acknowledgements."""
    network = uuid4()
    records = [record(network) for _ in range(count)]
    started, cpu = time.perf_counter(), time.process_time()
    for at in range(0, count, BARRIER):
        flights = [
            await producer.send(topic, r.value, r.key, headers=r.headers)
            for r in records[at : at + BARRIER]
        ]
        await asyncio.gather(*flights)
    took = time.perf_counter() - started
    return {"rate": count / took, "cpu_us": (time.process_time() - cpu) / count * 1e6}


async def echo(
    producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, per_second: int, seconds: float
) -> dict[str, float]:
    """Latency from the call of `send` to the record in the consumer, in milliseconds."""
    sent: dict[bytes, float] = {}
    latencies: list[float] = []

    async def receive() -> None:
        async for message in consumer:
            if (at := sent.pop(message.key, None)) is not None:
                latencies.append((time.perf_counter() - at) * 1000)

    receiving = asyncio.create_task(receive())
    for number in range(int(per_second * seconds)):
        one = record()
        key = b"%d" % number
        sent[key] = time.perf_counter()
        await producer.send(LATENCY_TOPIC, one.value, key, headers=one.headers)
        await asyncio.sleep(1 / per_second)
    await asyncio.sleep(1)
    receiving.cancel()
    with suppress(asyncio.CancelledError):
        await receiving
    latencies.sort()
    return {
        "p50_ms": latencies[len(latencies) // 2],
        "p99_ms": latencies[int(len(latencies) * 0.99)],
        "lost": len(sent),
    }


async def serve(bootstrap: str, idempotence: bool) -> None:
    """Serve orders until standard input ends."""
    settings = BusSettings(bootstrap=bootstrap, client_id="raw", idempotence=idempotence)
    producer, consumer = make_producer(settings), make_consumer(settings, f"raw-{uuid4()}")
    consumer.subscribe([LATENCY_TOPIC])
    await producer.start()
    await consumer.start()
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            if "count" in order:
                result = await produce(producer, order["topic"], order["count"])
            else:
                result = await echo(producer, consumer, order["per_second"], order["seconds"])
            print(json.dumps(result), flush=True)
    finally:
        await consumer.stop()
        await producer.stop()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], sys.argv[2] == "true"))
