"""A broker's topics become what is wanted, on both brokers, and no key changes its partition."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from kairos_chassis.bus.topic_admin import apply_to, create, plan_for
from kairos_chassis.bus.topic_reading import topics_found
from kairos_events.topic_changes import Action, Difference, FoundTopic, Plan
from kairos_events.topics import TopicToCreate
from kairos_local.broker import Broker, Kind, ephemeral_broker


@pytest.fixture(scope="module", params=["kafka", "tansu"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    kind: Kind = request.param
    with ephemeral_broker(kind) as running:
        yield running


@pytest.fixture
async def admin(broker: Broker) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
def wanted() -> TopicToCreate:
    configs = {"cleanup.policy": "delete", "retention.ms": "-1", "min.insync.replicas": "1"}
    return TopicToCreate(name=f"test.{uuid4()}", partitions=3, replication=1, configs=configs)


async def put_an_event(broker: Broker, topic: str) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, enable_idempotence=broker.idempotence
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{}", key=b"a")
    finally:
        await producer.stop()


async def look(broker: Broker, admin: AIOKafkaAdminClient, topic: TopicToCreate) -> FoundTopic:
    return (await topics_found(admin, broker.bootstrap, [topic]))[topic.name]


async def test_a_missing_topic_is_planned_made_and_then_left_alone(
    broker: Broker, admin: AIOKafkaAdminClient, wanted: TopicToCreate
) -> None:
    assert (await plan_for(broker.bootstrap, [wanted])).of(Action.CREATE) == [wanted]
    assert wanted.name not in await admin.list_topics()

    assert (await apply_to(broker.bootstrap, [wanted])).of(Action.CREATE) == [wanted]

    made = await look(broker, admin, wanted)
    assert (made.partitions, made.replication) == (3, 1)
    assert made.configs is not None
    assert wanted.configs.items() <= made.configs.items()
    assert await apply_to(broker.bootstrap, [wanted]) == Plan()


@pytest.mark.parametrize("partitions", [2, 4])
async def test_a_topic_with_events_keeps_its_partitions_and_nothing_else_is_done(
    broker: Broker, admin: AIOKafkaAdminClient, wanted: TopicToCreate, partitions: int
) -> None:
    missing = replace(wanted, name=f"test.{uuid4()}")
    await apply_to(broker.bootstrap, [replace(wanted, partitions=partitions)])
    await put_an_event(broker, wanted.name)

    plan = await apply_to(broker.bootstrap, [missing, wanted])

    (refusal,) = plan.refusals
    assert refusal.difference == Difference("partitions", str(partitions), "3")
    assert "lose their order" in refusal.reason
    assert (await look(broker, admin, wanted)).partitions == partitions
    assert missing.name not in await admin.list_topics()


async def test_an_unused_topic_grows_where_the_broker_can(
    broker: Broker, admin: AIOKafkaAdminClient, wanted: TopicToCreate
) -> None:
    await apply_to(broker.bootstrap, [replace(wanted, partitions=2)])

    plan = await apply_to(broker.bootstrap, [wanted])

    assert bool(plan.of(Action.ENLARGE)) is broker.durable
    assert bool(plan.refusals) is not broker.durable
    assert (await look(broker, admin, wanted)).partitions == (3 if broker.durable else 2)


async def test_a_setting_is_changed_and_another_s_setting_stays(
    broker: Broker, admin: AIOKafkaAdminClient, wanted: TopicToCreate
) -> None:
    before = {**wanted.configs, "retention.ms": "86400000", "segment.ms": "3600000"}
    await create(admin, [replace(wanted, configs=before)])

    plan = await apply_to(broker.bootstrap, [wanted])

    after = (await look(broker, admin, wanted)).configs
    assert after is not None
    if broker.durable:
        assert [step.action for step in plan.steps] == [Action.CONFIGURE]
        assert (after["retention.ms"], after["segment.ms"]) == ("-1", "3600000")
        assert await apply_to(broker.bootstrap, [wanted]) == Plan()
    else:
        (refusal,) = plan.refusals
        assert "cannot change" in refusal.reason
        assert after["retention.ms"] == "86400000"


async def test_other_copies_are_refused(broker: Broker, wanted: TopicToCreate) -> None:
    await apply_to(broker.bootstrap, [wanted])

    plan = await apply_to(broker.bootstrap, [replace(wanted, replication=3)])

    assert [one.difference for one in plan.refusals] == [Difference("replication", "1", "3")]
    assert "kafka-reassign-partitions.sh" in plan.refusals[0].advice
