"""What the bus needs of the published language: topics of events, making topics, and wiring."""

from collections.abc import Mapping
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from kairos_events.registry import UnknownEventError, event_for, events
from kairos_events.topics import topics, topics_to_create

from kairos_chassis.bus.applying import Applier
from kairos_chassis.bus.broker import BusUnavailableError, EnsureTopics
from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.bus.replay import Replay
from kairos_chassis.db import Database
from kairos_chassis.handlers import Handlers

_CREATE_TIMEOUT_MS: Final = 10_000


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
    wanted = {one.name: one.partitions for one in topics_to_create(replication=1)}
    configs = {one.name: one.configs for one in topics_to_create(replication=1)}

    async def ensure(admin: AIOKafkaAdminClient, repair: bool) -> None:
        found = await _partitions(admin)
        wrong = [name for name in mine if found.get(name, wanted[name]) != wanted[name]]
        if repair and wrong:
            await admin.delete_topics(wrong, timeout_ms=_CREATE_TIMEOUT_MS)
            found = await _partitions(admin)
        missing = [
            NewTopic(name, partitions, 1, topic_configs=dict(configs[name]))
            for name, partitions in wanted.items()
            if name not in found
        ]
        if missing:
            _check(await admin.create_topics(missing, timeout_ms=_CREATE_TIMEOUT_MS))
        if repair and wrong:
            await _confirm(admin, wanted, wrong)

    return ensure


async def _partitions(admin: AIOKafkaAdminClient) -> Mapping[str, int]:
    """All topics there are; asking for one by name would create it."""
    described: list[dict[str, Any]] = await admin.describe_topics()
    return {one["topic"]: len(one["partitions"]) for one in described}


async def _confirm(admin: AIOKafkaAdminClient, wanted: Mapping[str, int], names: list[str]) -> None:
    found = await _partitions(admin)
    if any(found.get(name) != wanted[name] for name in names):
        raise BusUnavailableError("topics are not made anew yet")


def _check(answer: Any) -> None:
    for topic in answer.topic_errors:
        error = for_code(topic[1])
        if topic[1] != 0 and error is not TopicAlreadyExistsError:
            raise error(topic[0])
