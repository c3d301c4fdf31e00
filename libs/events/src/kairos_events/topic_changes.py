"""The words of `topic_plan`: a topic as found, what differs, what to do, what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kairos_events.topics import TopicToCreate


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTopic:
    """A topic as the broker reports it. What is None was not asked and is not compared."""

    name: str
    partitions: int
    replication: int | None = None
    configs: Mapping[str, str] | None = None
    """In force, whoever set them. A broker without defaults names only what was set."""
    own_configs: Mapping[str, str] = field(default_factory=dict)
    """Those set for this topic alone. Changing one means to say all of them again."""
    used: bool = True
    """Whether it has ever held a record."""


class Action(StrEnum):
    """What can be done for a topic."""

    CREATE = "create"
    CONFIGURE = "configure"
    ENLARGE = "enlarge"
    REPLACE = "replace"
    """Delete and create: on a disposable broker, by the one who answers for the topic."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting: as it is (None: there is none) and as it shall be."""

    setting: str
    found: str | None
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do to one topic, and the differences it ends."""

    topic: TopicToCreate
    action: Action
    differences: tuple[Difference, ...]
    configs: Mapping[str, str] = field(default_factory=dict)
    """For CONFIGURE: all that the topic shall have of its own afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A difference that is not ended automatically, why, and what a person can do."""

    topic: str
    difference: Difference
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order of the topics, and what is refused."""

    steps: tuple[Step, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    def of(self, action: Action) -> list[TopicToCreate]:
        """The topics for which this is to be done."""
        return [step.topic for step in self.steps if step.action is action]
