"""The platform's topics on a broker of this machine, as topics.toml wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError
from kairos_events.topic_changes import Action, FoundTopic
from kairos_events.topic_plan import plan_topics
from kairos_events.topics import TopicToCreate, topics_to_create

_ATTEMPTS = 50  # a new topic takes a moment to be seen; running clients may bring a wrong one back
_VISIBLE_AFTER_S = 0.1


class TopicsDiffer(Exception):
    """A topic exists with another number of partitions, which would send keys elsewhere."""


async def create_topics(
    bootstrap: str, topics: Sequence[TopicToCreate] | None = None, *, disposable: bool = False
) -> list[str]:
    """Create what is missing of `topics` (default: all of the registry). Returns the names created.

    Safe to repeat. Raises TopicsDiffer for a topic that has another number of partitions, unless
    the broker is `disposable`: then such a topic is replaced, for Tansu invents one, with 4
    partitions, for any client that asks for it before it exists. Only the one who starts the broker
    may do that, so that nobody deletes what another has just put right. Raises KafkaError when the
    broker does not answer.
    """
    wanted = topics_to_create(replication=1) if topics is None else topics
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return await _settle(admin, wanted, replace=disposable)
    finally:
        await admin.close()


async def _settle(
    admin: AIOKafkaAdminClient, wanted: Sequence[TopicToCreate], *, replace: bool
) -> list[str]:
    created: list[str] = []
    replaceable = [topic.name for topic in wanted] if replace else []
    for _ in range(_ATTEMPTS):
        plan = plan_topics(wanted, await _found(admin), replaceable=replaceable)
        if plan.refusals:
            raise TopicsDiffer(", ".join(refusal.topic for refusal in plan.refusals))
        if not plan.steps:
            return list(dict.fromkeys(created))
        if wrong := plan.of(Action.REPLACE):
            await admin.delete_topics([topic.name for topic in wrong])
        made = await _create(admin, [*wrong, *plan.of(Action.CREATE)])
        created += made
        if not made:  # it is there already, but not visible yet
            await asyncio.sleep(_VISIBLE_AFTER_S)
    raise KafkaError("topics do not become visible")


async def _found(admin: AIOKafkaAdminClient) -> dict[str, FoundTopic]:
    """All topics with their partitions. To ask for one by name would make Tansu invent it."""
    return {
        one["topic"]: FoundTopic(name=one["topic"], partitions=len(one["partitions"]))
        for one in await admin.describe_topics()
    }


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[TopicToCreate]) -> list[str]:
    answer = await admin.create_topics([_new(topic) for topic in topics])
    created = []
    for name, code, *_ in answer.topic_errors:
        if code == 0:
            created.append(name)
        elif code != TopicAlreadyExistsError.errno:
            raise KafkaError(f"topic {name} was refused with error {code}")
    return created


def _new(topic: TopicToCreate) -> NewTopic:
    return NewTopic(
        topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.configs)
    )
