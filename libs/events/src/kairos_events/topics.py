"""Topics as data: `topics.toml`, read once into typed values."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

PARTNERS = "partners"
KEEP_FOR_EVER = -1

_MILLISECONDS_PER_DAY = 86_400_000
_FIELDS = frozenset({"owner", "keys", "partitions", "retention_days", "consumers"})
_MAY_HAVE = frozenset({"max_message_bytes"})


class TopicError(ValueError):
    """`topics.toml` says something about a topic that cannot be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic: its owner, ordering keys, partitions, retention and consumers."""

    name: str
    owner: str
    keys: tuple[str, ...]
    partitions: int
    retention_days: int
    """Days a record is kept; -1 for ever."""
    consumers: tuple[str, ...]
    max_message_bytes: int | None = None
    """The largest batch of records the broker takes, in bytes; None leaves it to the broker."""

    def __post_init__(self) -> None:
        """Refuse a topic without owner, key or consumer, or with an impossible size."""
        for field in ("owner", "keys", "consumers"):
            if not getattr(self, field):
                raise TopicError(f"{self.name}: {field} is empty")
        if self.partitions < 1:
            raise TopicError(f"{self.name}: partitions must be at least 1")
        if self.retention_days != KEEP_FOR_EVER and self.retention_days < 1:
            raise TopicError(f"{self.name}: retention_days must be -1 or at least 1")
        if self.max_message_bytes is not None and self.max_message_bytes < 1:
            raise TopicError(f"{self.name}: max_message_bytes must be at least 1")

    @property
    def retention_ms(self) -> int:
        """Kafka's `retention.ms`; -1 for ever."""
        if self.retention_days == KEEP_FOR_EVER:
            return KEEP_FOR_EVER
        return self.retention_days * _MILLISECONDS_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicToCreate:
    """What an admin client needs to create one topic."""

    name: str
    partitions: int
    replication: int
    configs: Mapping[str, str]


@functools.cache
def topics() -> Mapping[str, Topic]:
    """Return every topic by name. Raises `TopicError` when the file is wrong."""
    return read_topics(files("kairos_events").joinpath("topics.toml").read_text("utf-8"))


def read_topics(text: str) -> Mapping[str, Topic]:
    """Read the text of a `topics.toml`. Raises `TopicError`."""
    tables = tomllib.loads(text).get("topics", {})
    return {name: _topic(name, table) for name, table in tables.items()}


def topics_to_create(replication: int, min_insync: int | None = None) -> list[TopicToCreate]:
    """Return the topics of a broker that keeps `replication` copies of each partition.

    A write is acknowledged once `min_insync` copies have it: all but one when not given, so that
    one broker may be away. Raises TopicError for numbers that would refuse every write.
    """
    least = max(1, replication - 1) if min_insync is None else min_insync
    if not 1 <= least <= replication:
        raise TopicError(f"{least} copies in sync cannot be had of {replication}")
    return [
        TopicToCreate(
            name=topic.name,
            partitions=topic.partitions,
            replication=replication,
            configs=_configs(topic, least),
        )
        for topic in topics().values()
    ]


def _configs(topic: Topic, min_insync: int) -> Mapping[str, str]:
    configs = {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention_ms),
        "min.insync.replicas": str(min_insync),
    }
    if topic.max_message_bytes is not None:
        configs["max.message.bytes"] = str(topic.max_message_bytes)
    return configs


def _topic(name: str, table: Mapping[str, object]) -> Topic:
    if odd := (table.keys() ^ _FIELDS) - (table.keys() & _MAY_HAVE):
        raise TopicError(f"{name}: missing or unknown: {', '.join(sorted(odd))}")
    return Topic(
        name=name,
        owner=_text(name, "owner", table["owner"]),
        keys=_texts(name, "keys", table["keys"]),
        partitions=_whole(name, "partitions", table["partitions"]),
        retention_days=_whole(name, "retention_days", table["retention_days"]),
        consumers=_texts(name, "consumers", table["consumers"]),
        max_message_bytes=(
            _whole(name, "max_message_bytes", table["max_message_bytes"])
            if "max_message_bytes" in table
            else None
        ),
    )


def _text(topic: str, field: str, value: object) -> str:
    if not isinstance(value, str):
        raise TopicError(f"{topic}: {field} must be a text")
    return value


def _texts(topic: str, field: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TopicError(f"{topic}: {field} must be a list of texts")
    return tuple(_text(topic, field, item) for item in value)


def _whole(topic: str, field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TopicError(f"{topic}: {field} must be a whole number")
    return value
