"""One process of the chaos tests: `python -m tests.chaos.worker relay|consumer SPEC`.

The relay and the consumer are the chassis's own. Only the places where they may die are added.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
import uvloop
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from kairos_chassis.bus import membership, publishing
from kairos_chassis.bus.broker import ClusterWatch
from kairos_chassis.bus.consumer import Consumer
from kairos_chassis.bus.relay import Relay
from kairos_chassis.db import Database
from kairos_chassis.testing.bus_station import PARTITIONS, OneTopic

from tests.chaos.duties import Crash, SkewedClock, Spec, make_handlers


async def main(role: str, spec: Spec) -> int:
    """Work until told to stop. Exit code 1 where only a new process helps."""
    db = await Database.connect(spec.url, SkewedClock(spec.skew_seconds), size=6, name=spec.service)
    settings, stuck = spec.settings(), asyncio.Event()
    watch = ClusterWatch(settings, topic_maker(spec.topic))
    plant_crashes(Crash(spec))
    worker: Relay | Consumer
    if role == "relay":
        worker = Relay(db=db, watch=watch, settings=settings, service="chaos", topics=[spec.topic])
    else:
        worker = Consumer(
            db=db,
            watch=watch,
            settings=settings,
            handlers=make_handlers(spec),
            catalogue=OneTopic(spec.topic),
            on_stuck=stuck.set,
        )
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, worker.stop)
    watching = asyncio.create_task(watch.run())
    working = asyncio.create_task(worker.run())
    given_up = asyncio.create_task(stuck.wait())
    await asyncio.wait({working, given_up}, return_when=asyncio.FIRST_COMPLETED)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return 1 if stuck.is_set() else 0


def topic_maker(topic: str) -> Callable[[AIOKafkaAdminClient, bool], Awaitable[None]]:
    """Makes the topic where it is missing, and anew where a broker made it by itself."""

    async def ensure(admin: AIOKafkaAdminClient, repair: bool) -> None:
        found = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics()}
        if repair and found.get(topic, PARTITIONS) != PARTITIONS:
            await admin.delete_topics([topic])
            del found[topic]
        if topic not in found:
            await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])

    return ensure


def plant_crashes(crash: Crash) -> None:
    """Between commit and publish, between send and mark, between effect and offset."""
    read, mark, commit = publishing.unpublished, publishing.mark, membership.Member.commit

    async def unpublished(*arguments: Any, **options: Any) -> Any:
        rows = await read(*arguments, **options)
        if rows:
            crash.here("before the send")
        return rows

    async def marked(*arguments: Any) -> int:
        crash.here("before the mark")
        return await mark(*arguments)

    async def committed(self: membership.Member) -> None:
        crash.here("before the offset")
        await commit(self)

    publishing.unpublished = unpublished
    publishing.mark = marked  # type: ignore[assignment]
    membership.Member.commit = committed  # type: ignore[method-assign]


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    sys.exit(uvloop.run(main(sys.argv[1], Spec(**json.loads(sys.argv[2])))))
