"""What aiokafka meets on each broker: latency, rejoining, and a broker that freezes or dies.

    python benchmarks/broker_behaviour.py [--broker kafka|tansu] [--rounds 3] [--json FILE]

The same script and the same small load (10 to 40 records a second) on both, clients with the
settings the chassis uses. It takes about five minutes a broker. docs/adr/0004 holds a run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from kairos_events.topics import TopicToCreate
from kairos_local.broker import Broker, ephemeral_broker
from kairos_local.processes import Child
from kairos_local.topics import create_topics

PARTITIONS = 3
LATENCY_RECORDS = 300
OUTAGE_S = 25.0
RECOVERY_LIMIT_S = 90.0
SEND_EVERY_S = 0.1


def consumer(broker: Broker, topic: str, group: str, fetch_wait_ms: int = 100) -> AIOKafkaConsumer:
    """A group member as the chassis makes it, but for the fetch wait."""
    return AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=fetch_wait_ms,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
        rebalance_timeout_ms=30_000,
        metadata_max_age_ms=5_000,
        request_timeout_ms=10_000,
    )


def producer(broker: Broker) -> AIOKafkaProducer:
    """A producer as the chassis makes it."""
    return AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap,
        enable_idempotence=broker.idempotence,
        acks="all",
        linger_ms=2,
        max_batch_size=131_072,
        request_timeout_ms=10_000,
        metadata_max_age_ms=5_000,
    )


async def make_topic(broker: Broker, name: str) -> None:
    wanted = TopicToCreate(name=name, partitions=PARTITIONS, replication=1, configs={})
    await create_topics(broker.bootstrap, [wanted], disposable=not broker.durable)


async def new_topic(broker: Broker) -> str:
    name = f"bench.{uuid4()}"
    await make_topic(broker, name)
    return name


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50_ms": round(cuts[49] * 1000, 1), "p99_ms": round(cuts[98] * 1000, 1)}


async def latency(broker: Broker, fetch_wait_ms: int) -> dict[str, Any]:
    """From `send` to the acknowledgement, and to the record in the consumer's hands."""
    topic = await new_topic(broker)
    send, receive = producer(broker), consumer(broker, topic, str(uuid4()), fetch_wait_ms)
    sent: dict[int, float] = {}
    acknowledged: list[float] = []
    received: list[float] = []
    await send.start()
    await receive.start()

    async def take() -> None:
        while len(received) < LATENCY_RECORDS:
            for records in (await receive.getmany(timeout_ms=1000)).values():
                now = time.perf_counter()
                received.extend(now - sent[n] for r in records if (n := int(r.value)) in sent)

    try:
        await send.send_and_wait(topic, b"-1", key=b"warm")
        await receive.getone()
        taking = asyncio.create_task(take())
        for number in range(LATENCY_RECORDS):
            sent[number] = time.perf_counter()
            await send.send_and_wait(topic, str(number).encode(), key=str(number).encode())
            acknowledged.append(time.perf_counter() - sent[number])
            await asyncio.sleep(random.uniform(0.005, 0.045))  # never in step with the fetches
        await asyncio.wait_for(taking, 30)
    finally:
        await send.stop()
        await receive.stop()
    return {"acknowledged": percentiles(acknowledged), "received": percentiles(received)}


async def takeover(broker: Broker, number: signal.Signals) -> float:
    """Seconds until a survivor holds every partition of a member ended by this signal."""
    topic, group = await new_topic(broker), str(uuid4())
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "member.log"
        words = [sys.executable, __file__, "--member", broker.bootstrap, topic, group]
        member = Child(words, log=log)
        survivor = consumer(broker, topic, group)
        try:
            await until(lambda: "joined" in log.read_text())
            await survivor.start()
            await until(lambda: 0 < len(survivor.assignment()) < PARTITIONS)
            began = time.perf_counter()
            os.kill(member.pid, number)
            await until(lambda: len(survivor.assignment()) == PARTITIONS)
            return round(time.perf_counter() - began, 1)
        finally:
            await survivor.stop()
            member.stop(signal.SIGKILL, patience_s=5)


async def until(condition: Any, limit_s: float = RECOVERY_LIMIT_S) -> None:
    async with asyncio.timeout(limit_s):
        while not condition():  # noqa: ASYNC110 - other processes set no event here
            await asyncio.sleep(0.02)


@dataclass
class Traffic:
    """A producer and a consumer that go on whatever happens, and what they saw."""

    acknowledged: dict[int, float] = field(default_factory=dict)
    received: list[tuple[int, float]] = field(default_factory=list)
    send_errors: Counter[str] = field(default_factory=Counter)
    receive_errors: Counter[str] = field(default_factory=Counter)

    async def produce(self, send: AIOKafkaProducer, topic: str) -> None:
        number = 0
        while True:
            number += 1
            try:
                text = str(number).encode()
                await send.send_and_wait(topic, text, key=text)
                self.acknowledged[number] = time.perf_counter()
            except KafkaError as error:
                self.send_errors[type(error).__name__] += 1
            await asyncio.sleep(SEND_EVERY_S)

    async def consume(self, receive: AIOKafkaConsumer) -> None:
        while True:
            try:
                batches = await receive.getmany(timeout_ms=200)
                now = time.perf_counter()
                self.received += [(int(r.value), now) for rs in batches.values() for r in rs]
                if batches:
                    await receive.commit()
            except (KafkaError, AssertionError) as error:
                self.receive_errors[type(error).__name__] += 1
                await asyncio.sleep(0.1)


@asynccontextmanager
async def traffic(broker: Broker, topic: str) -> AsyncIterator[Traffic]:
    """Traffic on a topic, running for a while already."""
    send, receive = producer(broker), consumer(broker, topic, str(uuid4()))
    await send.start()
    await receive.start()
    seen = Traffic()
    tasks = [
        asyncio.create_task(seen.produce(send, topic)),
        asyncio.create_task(seen.consume(receive)),
    ]
    try:
        await until(lambda: len(seen.received) > 20)
        yield seen
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await receive.stop()
        await send.stop()


@dataclass
class Outage:
    """What an outage of the broker cost. Seconds count from the moment it was back."""

    acknowledged_again_s: float
    received_again_s: float
    acknowledged_and_lost: int
    received_twice: int
    send_errors: dict[str, int]
    receive_errors: dict[str, int]


async def outage(broker: Broker, *, dead: bool) -> Outage:
    """The broker frozen (SIGSTOP) or dead (SIGKILL, started again) for OUTAGE_S."""
    topic = await new_topic(broker)
    async with traffic(broker, topic) as seen:
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGKILL if dead else signal.SIGSTOP)
        await asyncio.sleep(OUTAGE_S)
        if dead:
            broker.spawn()
            await until(broker.ready)
            if not broker.durable:
                await make_topic(broker, topic)
        else:
            os.kill(broker.pid, signal.SIGCONT)
        back = time.perf_counter()
        await until(lambda: any(at > back for at in seen.acknowledged.values()))
        first = min(at for at in seen.acknowledged.values() if at > back)
        fresh = {n for n, at in seen.acknowledged.items() if at >= first}
        await until(lambda: any(n in fresh for n, _ in seen.received))
        arrived = next(at for n, at in seen.received if n in fresh)
        await asyncio.sleep(3)
        promised = {n for n, at in seen.acknowledged.items() if at < time.perf_counter() - 2}
        counts = Counter(n for n, _ in seen.received)
        return Outage(
            acknowledged_again_s=round(first - back, 1),
            received_again_s=round(arrived - back, 1),
            acknowledged_and_lost=len(promised - counts.keys()),
            received_twice=sum(1 for count in counts.values() if count > 1),
            send_errors=dict(seen.send_errors),
            receive_errors=dict(seen.receive_errors),
        )


async def measure(kind: Any, rounds: int) -> dict[str, Any]:
    """Everything, on one fresh broker."""
    began = time.perf_counter()
    with ephemeral_broker(kind) as broker:
        found: dict[str, Any] = {"start_s": round(time.perf_counter() - began, 1)}
        for wait_ms in (100, 500):
            found[f"latency, fetch wait {wait_ms} ms"] = await latency(broker, wait_ms)
        for name, number in (("leaves", signal.SIGTERM), ("is killed", signal.SIGKILL)):
            times = [await takeover(broker, number) for _ in range(rounds)]
            found[f"takeover when a member {name}, s"] = times
        for name, dead in (("frozen", False), ("dead", True)):
            runs = [asdict(await outage(broker, dead=dead)) for _ in range(max(1, rounds - 1))]
            found[f"broker {name} {OUTAGE_S:.0f} s"] = runs
    return found


async def member(bootstrap: str, topic: str, group: str) -> None:
    """A group member in a process of its own, which leaves in order on SIGTERM."""
    joined = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )
    await joined.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("joined", flush=True)
    while not stop.is_set():
        await joined.getmany(timeout_ms=100)
    await joined.stop()


def main() -> None:
    """Measure, print a table, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", action="append", choices=("kafka", "tansu"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--member", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.member:
        asyncio.run(member(*chosen.member))
        return
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # hundreds of lines a second else
    found = {}
    for kind in chosen.broker or ("kafka", "tansu"):
        found[kind] = asyncio.run(measure(kind, chosen.rounds))
        print(f"\n{kind}")
        for name, value in found[kind].items():
            print(f"  {name}: {json.dumps(value)}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
