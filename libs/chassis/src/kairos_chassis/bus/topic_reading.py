"""A broker's topics as it reports them, with aiokafka.

Every topic is read by listing all: asking for one by name creates it on a broker that creates
topics by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, UnknownTopicOrPartitionError, for_code
from kairos_events.topic_changes import FoundTopic
from kairos_events.topics import TopicToCreate

_SET_FOR_THE_TOPIC = 1  # DescribeConfigs' config_source DYNAMIC_TOPIC_CONFIG


async def partitions_found(admin: AIOKafkaAdminClient) -> dict[str, FoundTopic]:
    """All topics there are, with their partitions alone. Raises KafkaError."""
    described: list[dict[str, Any]] = await admin.describe_topics()
    return {
        one["topic"]: FoundTopic(name=one["topic"], partitions=len(one["partitions"]))
        for one in described
    }


async def topics_found(
    admin: AIOKafkaAdminClient, bootstrap: str, wanted: Sequence[TopicToCreate]
) -> dict[str, FoundTopic]:
    """The wanted topics that are there, with all that is compared. Raises KafkaError."""
    described = {one["topic"]: one for one in await admin.describe_topics()}
    there = [topic for topic in wanted if topic.name in described]
    configs = await _configs(admin, [topic.name for topic in there])
    doubtful = [t for t in there if len(described[t.name]["partitions"]) != t.partitions]
    used = await _used(bootstrap, {t.name: len(described[t.name]["partitions"]) for t in doubtful})
    return {
        name: FoundTopic(
            name=name,
            partitions=len(described[name]["partitions"]),
            replication=min(len(one["replicas"]) for one in described[name]["partitions"]),
            configs={key: value for key, value, _ in entries},
            own_configs={key: value for key, value, own in entries if own},
            used=name in used,
        )
        for name, entries in configs.items()
    }


async def _configs(
    admin: AIOKafkaAdminClient, names: Sequence[str]
) -> Mapping[str, list[tuple[str, str, bool]]]:
    """Each topic's settings and whether they are its own. One not known yet is left out."""
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, None) for name in names]
    found = {}
    for answer in await admin.describe_configs(resources):
        for resource in answer.to_object()["resources"]:
            name, code = resource["resource_name"], resource["error_code"]
            if code == UnknownTopicOrPartitionError.errno:
                continue
            if code:
                raise for_code(code)(f"{name}: {resource['error_message']}")
            found[name] = [
                (
                    one["config_names"],
                    one["config_value"],
                    one.get("config_source") == _SET_FOR_THE_TOPIC,
                )
                for one in resource["config_entries"]
            ]
    return found


async def _used(bootstrap: str, partitions: Mapping[str, int]) -> frozenset[str]:
    """Which of these topics have ever held a record."""
    if not partitions:
        return frozenset()
    asked = [TopicPartition(name, n) for name, count in partitions.items() for n in range(count)]
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    try:
        await reader.start()
        ends = await reader.end_offsets(asked)
    finally:
        await reader.stop()
    return frozenset(partition.topic for partition, end in ends.items() if end > 0)


async def alterable(admin: AIOKafkaAdminClient) -> bool:
    """Whether the broker can change topics at all: asked by changing none."""
    try:
        await admin.alter_configs([])
    except IncompatibleBrokerVersion:
        return False
    return True
