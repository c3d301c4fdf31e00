"""What the bus needs of the published language: topics of events, making topics, and wiring."""

from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from kairos_events.registry import UnknownEventError, event_for, events
from kairos_events.topic_changes import Action
from kairos_events.topic_plan import plan_topics
from kairos_events.topics import topics, topics_to_create

from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.broker import BusUnavailableError, EnsureTopics
from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.bus.replay import Replay
from kairos_chassis.bus.topic_admin import create
from kairos_chassis.bus.topic_reading import partitions_found
from kairos_chassis.db import Database
from kairos_chassis.handlers import Handlers

_DELETE_TIMEOUT_MS: Final = 10_000


class PublishedLanguage:
    """The events and topics of `kairos_events`."""

    def knows(self, event_type: str) -> bool:
        """Whether this wire type, with its major version, is published language."""
        return event_type in events()

    def topic_of(self, event_type: str) -> str:
        """The topic of a wire type. Raises KeyError for an unknown one."""
        try:
            return event_for(event_type).topic
        except UnknownEventError:
            raise KeyError(event_type) from None

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has. Raises KeyError for an unknown one."""
        return topics()[topic].partitions

    def topics_of(self, service: str) -> tuple[str, ...]:
        """The topics a service owns."""
        return tuple(topic.name for topic in topics().values() if topic.owner == service)


def freshness_of(service: str, *topics: str) -> Freshness:
    """The freshness of what a service projects from these topics. Raises KeyError."""
    language = PublishedLanguage()
    return Freshness(service, {topic: language.partitions(topic) for topic in topics})


def replay_of(handlers: Handlers, db: Database) -> Replay:
    """What releases a service's parked keys."""
    return Replay(db, Applier(handlers, PublishedLanguage()), handlers.service)


def topic_maker(owner: str) -> EnsureTopics:
    """What creates all topics on a single-node broker; `owner` may repair its own topics."""
    mine = PublishedLanguage().topics_of(owner)
    wanted = topics_to_create(replication=1)

    async def ensure(admin: AIOKafkaAdminClient, repair: bool) -> None:
        replaceable = mine if repair else ()
        plan = plan_topics(wanted, await partitions_found(admin), replaceable=replaceable)
        wrong = [topic.name for topic in plan.of(Action.REPLACE)]
        if wrong:
            await admin.delete_topics(wrong, timeout_ms=_DELETE_TIMEOUT_MS)
            # Another process may have made one meanwhile, so look again.
            plan = plan_topics(wanted, await partitions_found(admin), replaceable=replaceable)
        await create(admin, plan.of(Action.CREATE))
        if wrong:
            plan = plan_topics(wanted, await partitions_found(admin), replaceable=wrong)
            if any(step.topic.name in wrong for step in plan.steps):
                raise BusUnavailableError("topics are not made anew yet")

    return ensure
