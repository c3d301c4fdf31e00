"""A service that discharges patients at a steady rate: `python -m benchmarks.source`.

Each discharge is a transaction with its outbox row; the real relay runs in the same process and is
woken by the commit, as in a service of the embedded profile. Orders come as JSON lines on standard
input.
"""

import asyncio
import json
import os
import sys
import time
from uuid import uuid4

import structlog
import uvloop
from kairos_chassis import outbox
from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.relay import Relay
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database

from benchmarks.events import discharge

READY_SECONDS = 30.0


async def serve() -> None:
    """Serve orders until standard input ends."""
    settings = BusSettings(
        bootstrap=os.environ["SOURCE_BOOTSTRAP"],
        client_id="source",
        idempotence=os.environ["SOURCE_IDEMPOTENCE"] == "true",
    )
    db = await Database.connect(os.environ["SOURCE_DATABASE_URL"], SystemClock(), name="source")
    watch = ClusterWatch(settings)
    relay = Relay(
        db=db, watch=watch, settings=settings, service="dosing", topics=("dosing.events",)
    )
    db.wake_relay = relay.wake
    watching = asyncio.create_task(watch.run())
    relaying = asyncio.create_task(relay.run())
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not relay.ready:  # noqa: ASYNC110 - the relay is not ours to add an event to
                await asyncio.sleep(0.05)
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            print(json.dumps(await publish(db, order["per_second"], order["seconds"])), flush=True)
    finally:
        relay.stop()
        await asyncio.wait({relaying}, timeout=10)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await db.close()


async def publish(db: Database, per_second: int, seconds: float) -> dict[str, float]:
    """Commit discharges at this rate. Returns how many."""
    network, count = uuid4(), int(per_second * seconds)
    started = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        async with db.transaction(network, lazily=True) as tx:
            await outbox.append(tx, discharge())
    return {"count": count}


if __name__ == "__main__":
    # Standard output is for results.
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    uvloop.run(serve())
