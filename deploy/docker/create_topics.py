"""Create the platform's topics on a broker, as the events library declares them.

Usage: create_topics.py --replication N. The broker is KAIROS_KAFKA_BOOTSTRAP. Safe to repeat. Exits
1, saying which, for a topic that exists with another number of partitions: its keys would go
elsewhere than before, so somebody has to decide.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError
from kairos_events.topics import TopicToCreate, topics_to_create

_SETTLE_SECONDS: Final = 30.0


async def create(admin: AIOKafkaAdminClient, wanted: Sequence[TopicToCreate]) -> list[str]:
    """Create what is missing. Returns the names created. Raises KafkaError for a refusal."""
    answer = await admin.create_topics(
        [
            NewTopic(
                topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.configs)
            )
            for topic in wanted
        ]
    )
    created = []
    for name, code, *_ in answer.topic_errors:
        if code == 0:
            created.append(name)
        elif code != TopicAlreadyExistsError.errno:
            raise KafkaError(f"topic {name} was refused with error {code}")
    return created


async def partitions_of(
    admin: AIOKafkaAdminClient, wanted: Sequence[TopicToCreate]
) -> dict[str, int]:
    """How many partitions each topic has, once the broker shows them all."""
    async with asyncio.timeout(_SETTLE_SECONDS):
        while True:
            found = await admin.describe_topics([topic.name for topic in wanted])
            # A topic created a moment ago is reported as unknown or without a leader at first.
            if all(topic["error_code"] == 0 for topic in found):
                return {topic["topic"]: len(topic["partitions"]) for topic in found}
            await asyncio.sleep(0.2)


async def main(replication: int) -> int:
    """Create, then compare with what is there."""
    wanted = topics_to_create(replication)
    admin = AIOKafkaAdminClient(bootstrap_servers=os.environ["KAIROS_KAFKA_BOOTSTRAP"])
    await admin.start()
    try:
        created = await create(admin, wanted)
        there = await partitions_of(admin, wanted)
    finally:
        await admin.close()
    wrong = [topic for topic in wanted if there[topic.name] != topic.partitions]
    for topic in wanted:
        state = "created" if topic.name in created else "present"
        print(f"{topic.name}: {state}, {there[topic.name]} partitions")  # noqa: T201
    for topic in wrong:
        print(f"{topic.name}: wants {topic.partitions} partitions", file=sys.stderr)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Create the platform's topics.")
    parser.add_argument("--replication", type=int, required=True, help="copies of each partition")
    sys.exit(asyncio.run(main(parser.parse_args().replication)))
