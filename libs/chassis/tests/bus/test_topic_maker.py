"""Workers of the embedded profile make the topics, and repair none but their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from kairos_chassis.bus.catalogue import topic_maker
from kairos_chassis.bus.topic_reading import partitions_found
from kairos_events.topics import topics
from kairos_local.broker import ephemeral_broker

AS_DECLARED = {topic.name: topic.partitions for topic in topics().values()}
INVENTED = 4  # as many as Tansu gives a topic that it invents


@pytest.fixture
async def admin() -> AsyncIterator[AIOKafkaAdminClient]:
    """Of a broker that has invented a topic of dosing's and one of intake's."""
    with ephemeral_broker("tansu") as broker:
        client = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
        await client.start()
        wrong = ("dosing.events", "intake.events")
        await client.create_topics([NewTopic(name, INVENTED, 1) for name in wrong])
        yield client
        await client.close()


async def found(admin: AIOKafkaAdminClient) -> dict[str, int]:
    return {name: topic.partitions for name, topic in (await partitions_found(admin)).items()}


async def test_what_is_missing_is_made_and_nothing_wrong_is_touched_unless_told_to_repair(
    admin: AIOKafkaAdminClient,
) -> None:
    await topic_maker("dosing")(admin, False)

    wrong = {"dosing.events": INVENTED, "intake.events": INVENTED}
    assert await found(admin) == AS_DECLARED | wrong


async def test_an_owner_repairs_its_own_topics_alone(admin: AIOKafkaAdminClient) -> None:
    await topic_maker("dosing")(admin, True)
    assert await found(admin) == AS_DECLARED | {"intake.events": INVENTED}

    await topic_maker("intake")(admin, True)
    assert await found(admin) == AS_DECLARED
