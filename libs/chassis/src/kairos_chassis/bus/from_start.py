"""A client that reads a whole topic from its beginning, in no group, and commits nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from kairos_chassis.bus.closing import close_quietly

CLIENT_ID = "kairos-replay"


@asynccontextmanager
async def reading_from_start(bootstrap: str, topic: str) -> AsyncIterator[AIOKafkaConsumer | None]:
    """Opens the client at the topic's first records; None for a topic that does not exist."""
    partitions = await _partitions(bootstrap, topic)
    if not partitions:
        yield None
        return
    client = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id=CLIENT_ID,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )
    await client.start()
    try:
        client.assign([TopicPartition(topic, partition) for partition in range(partitions)])
        yield client
    finally:
        await close_quietly(client.stop())


async def _partitions(bootstrap: str, topic: str) -> int:
    """How many there are. All topics are asked for: Tansu invents one that is named.

    A consumer that has not subscribed is told of no topic by Kafka, only by Tansu.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id=CLIENT_ID)
    await admin.start()
    try:
        found = await admin.describe_topics()
    finally:
        await close_quietly(admin.close())
    return next((len(one["partitions"]) for one in found if one["topic"] == topic), 0)
