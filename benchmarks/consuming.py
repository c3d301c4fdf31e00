"""A consumer against a full topic: `python -m benchmarks.consuming`, one order per run.

The handler writes one row an event, in the transaction that claims it. `single` gives each event a
transaction of its own, `batch` is what the chassis does with a backlog. `follow` answers once the
consumer is in its group, and goes on until standard input ends.
"""

import asyncio
import json
import math
import sys
import time
from typing import Any
from uuid import UUID

import structlog
import uvloop
from kairos_chassis.bus import together
from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.consumer import Consumer
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database, Transaction
from kairos_chassis.handlers import Handlers
from kairos_events.dosing import SessionDischargedV1
from kairos_events.envelope import Envelope
from kairos_events.model import Reader

TOPIC = "dosing.events"


class ReadsDischarge(Reader, type=SessionDischargedV1.type):
    """What the handler needs."""

    patient_id: UUID


class OneTopic:
    """A catalogue of the one topic."""

    def knows(self, event_type: str) -> bool:
        """Only the discharge."""
        return event_type == ReadsDischarge.type

    def topic_of(self, event_type: str) -> str:
        """Its topic."""
        return TOPIC

    def partitions(self, topic: str) -> int:
        """Not asked here."""
        return 1


async def consume(order: dict[str, Any]) -> dict[str, float]:
    """Consume so many events from the beginning, as a new group. Returns rate and CPU an event."""
    settings = BusSettings(
        bootstrap=order["bootstrap"], client_id="bench", idempotence=order["idempotence"]
    )
    db = await Database.connect(order["url"], SystemClock(), size=8, name="bench")
    handlers, seen, begun = Handlers(order["group"]), 0, 0.0
    all_seen = asyncio.Event()
    if order["mode"] == "single":
        together.MOST = 1  # type: ignore[misc]

    @handlers.on(ReadsDischarge)
    async def on_discharge(event: ReadsDischarge, _envelope: Envelope, tx: Transaction) -> None:
        nonlocal seen, begun
        begun = begun or time.perf_counter()
        await tx.connection.execute(
            "insert into effect (key, number) values ($1, 1)", event.patient_id
        )
        seen += 1
        if seen >= order.get("count", math.inf):
            all_seen.set()

    watch = ClusterWatch(settings)
    consumer = Consumer(
        db=db,
        watch=watch,
        settings=settings,
        handlers=handlers,
        catalogue=OneTopic(),
        on_stuck=all_seen.set,
    )
    cpu = time.process_time()
    tasks = [asyncio.create_task(watch.run()), asyncio.create_task(consumer.run())]
    try:
        if order["mode"] == "follow":
            while not consumer.ready:  # noqa: ASYNC110 - the consumer is not ours to add an event to
                await asyncio.sleep(0.05)
            print(json.dumps({"ready": 1}), flush=True)
            await asyncio.to_thread(sys.stdin.read)
            return {}
        await all_seen.wait()
        took = time.perf_counter() - begun
        used = time.process_time() - cpu
    finally:
        consumer.stop()
        await asyncio.wait({tasks[1]}, timeout=10)
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await db.close()
    return {"rate": seen / took, "cpu_us": used / seen * 1e6}


async def serve() -> None:
    """Serve one order, then end: each run is a process of its own."""
    line = await asyncio.to_thread(sys.stdin.readline)
    if figures := await consume(json.loads(line)):
        print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    # Standard output is for results.
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    uvloop.run(serve())
