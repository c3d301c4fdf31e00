"""A member of a consumer group, to be killed. Usage: group_member.py BOOTSTRAP TOPIC GROUP"""

from __future__ import annotations

import asyncio
import sys

from aiokafka import AIOKafkaConsumer


async def main(bootstrap: str, topic: str, group: str) -> None:
    member = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )
    await member.start()
    print("assigned", flush=True)  # noqa: T201 - the test waits for this line
    while True:
        await member.getmany(timeout_ms=200)


asyncio.run(main(*sys.argv[1:]))
