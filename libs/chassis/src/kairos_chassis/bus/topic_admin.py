"""Carries out a `topic_plan` on a broker, with aiokafka."""

import asyncio
from collections.abc import Collection, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from kairos_events.topic_changes import Action, Plan
from kairos_events.topic_plan import plan_topics
from kairos_events.topics import TopicToCreate

from kairos_chassis.bus.topic_reading import alterable, topics_found

_TIMEOUT_MS = 10_000
_SETTLE_SECONDS = 30.0
_LOOK_SECONDS = 0.1


async def plan_for(bootstrap: str, wanted: Sequence[TopicToCreate]) -> Plan:
    """Compare a broker with what is wanted. Changes nothing. Raises KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        return await _compare(admin, bootstrap, wanted)
    finally:
        await admin.close()


async def apply_to(bootstrap: str, wanted: Sequence[TopicToCreate]) -> Plan:
    """Make a broker's topics what is wanted, and see that they are. Safe to repeat.

    Returns the plan carried out; nothing is changed when it has refusals. Raises KafkaError when
    the broker refuses a step or does not show its effect within 30 seconds.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        plan = await _compare(admin, bootstrap, wanted)
        if plan.refusals or not plan.steps:
            return plan
        await _carry_out(admin, plan)
        remaining = await _settled(admin, bootstrap, wanted)
        # Somebody else may have made a topic wrongly in between.
        return remaining if remaining.refusals else plan
    finally:
        await admin.close()


async def create(admin: AIOKafkaAdminClient, topics: Collection[TopicToCreate]) -> list[str]:
    """Create topics. Returns those created: one that exists is left. Raises KafkaError."""
    if not topics:
        return []
    new = [
        NewTopic(one.name, one.partitions, one.replication, topic_configs=dict(one.configs))
        for one in topics
    ]
    answer = await admin.create_topics(new, timeout_ms=_TIMEOUT_MS)
    created = []
    for name, code, *_ in answer.topic_errors:
        if code == 0:
            created.append(name)
        elif code != TopicAlreadyExistsError.errno:
            raise for_code(code)(name)
    return created


async def _carry_out(admin: AIOKafkaAdminClient, plan: Plan) -> None:
    await create(admin, plan.of(Action.CREATE))
    for topic in plan.of(Action.ENLARGE):
        more = {topic.name: NewPartitions(topic.partitions)}
        await admin.create_partitions(more, timeout_ms=_TIMEOUT_MS)
    configured = [
        ConfigResource(ConfigResourceType.TOPIC, step.topic.name, dict(step.configs))
        for step in plan.steps
        if step.action is Action.CONFIGURE
    ]
    if configured:
        for answer in await admin.alter_configs(configured):
            for code, message, _, name in answer.resources:
                if code:
                    raise for_code(code)(f"{name}: {message}")


async def _settled(
    admin: AIOKafkaAdminClient, bootstrap: str, wanted: Sequence[TopicToCreate]
) -> Plan:
    """Wait until no step is left; another broker of the cluster may show a change later."""
    try:
        async with asyncio.timeout(_SETTLE_SECONDS):
            while True:
                plan = await _compare(admin, bootstrap, wanted)
                if not plan.steps:
                    return plan
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise KafkaError("the topics do not become what they shall be") from None


async def _compare(
    admin: AIOKafkaAdminClient, bootstrap: str, wanted: Sequence[TopicToCreate]
) -> Plan:
    found = await topics_found(admin, bootstrap, wanted)
    return plan_topics(wanted, found, alterable=await alterable(admin))
