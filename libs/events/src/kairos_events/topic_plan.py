"""What has to happen to a broker's topics so that they are what topics.toml says. Pure: no I/O.

Partitions of a topic that has held events never change: the partition of a key is its hash modulo
their number, so later events of a patient would overtake earlier ones.
"""

from collections.abc import Collection, Iterable, Mapping

from kairos_events.topic_changes import Action, Difference, FoundTopic, Plan, Refusal, Step
from kairos_events.topics import TopicToCreate


def plan_topics(
    wanted: Iterable[TopicToCreate],
    found: Mapping[str, FoundTopic],
    *,
    alterable: bool = True,
    replaceable: Collection[str] = (),
) -> Plan:
    """Compare. `alterable`: the broker can change a topic that exists. `replaceable`: topics that
    may be deleted and made anew when their partitions are wrong, events or not.
    """
    steps: list[Step] = []
    refusals: list[Refusal] = []
    for topic in wanted:
        there = found.get(topic.name)
        if there is None:
            steps.append(Step(topic=topic, action=Action.CREATE, differences=_all_of(topic)))
        elif topic.name in replaceable and there.partitions != topic.partitions:
            differences = (_partitions(topic, there),)
            steps.append(Step(topic=topic, action=Action.REPLACE, differences=differences))
        else:
            refusals += _refused(topic, there, alterable)
            steps += _changes(topic, there)
    held = {refusal.topic for refusal in refusals}
    return Plan(tuple(step for step in steps if step.topic.name not in held), tuple(refusals))


def _changes(topic: TopicToCreate, there: FoundTopic) -> Iterable[Step]:
    if there.partitions < topic.partitions:
        differences: tuple[Difference, ...] = (_partitions(topic, there),)
        yield Step(topic=topic, action=Action.ENLARGE, differences=differences)
    if differences := _configs(topic, there):
        together = {**there.own_configs, **topic.configs}
        yield Step(topic=topic, action=Action.CONFIGURE, differences=differences, configs=together)


def _refused(topic: TopicToCreate, there: FoundTopic, alterable: bool) -> Iterable[Refusal]:
    def refusal(difference: Difference, reason: str, advice: str) -> Refusal:
        return Refusal(topic=topic.name, difference=difference, reason=reason, advice=advice)

    if there.partitions != topic.partitions and there.used:
        yield refusal(_partitions(topic, there), _KEYS_WOULD_MOVE, _KEEP_PARTITIONS)
    elif there.partitions > topic.partitions:
        yield refusal(_partitions(topic, there), _CANNOT_SHRINK, _DELETE_EMPTY)
    elif there.partitions < topic.partitions and not alterable:
        yield refusal(_partitions(topic, there), _CANNOT_ALTER, _DELETE_EMPTY)
    if there.replication not in (None, topic.replication):
        copies = Difference("replication", str(there.replication), str(topic.replication))
        yield refusal(copies, _COPIES_STAY, _MOVE_COPIES)
    if not alterable:
        for difference in _configs(topic, there):
            yield refusal(difference, _CANNOT_ALTER, _MAKE_ANEW)


def _partitions(topic: TopicToCreate, there: FoundTopic) -> Difference:
    return Difference("partitions", str(there.partitions), str(topic.partitions))


def _configs(topic: TopicToCreate, there: FoundTopic) -> tuple[Difference, ...]:
    if there.configs is None:
        return ()
    return tuple(
        Difference(name, there.configs.get(name), value)
        for name, value in topic.configs.items()
        if there.configs.get(name) != value
    )


def _all_of(topic: TopicToCreate) -> tuple[Difference, ...]:
    sizes = {"partitions": str(topic.partitions), "replication": str(topic.replication)}
    return tuple(Difference(name, None, to) for name, to in (sizes | dict(topic.configs)).items())


_KEYS_WOULD_MOVE = (
    "It has held events: with another number of partitions their keys would go to other partitions "
    "and lose their order."
)
_KEEP_PARTITIONS = (
    "Say in topics.toml the number it has. If it was made wrongly: stop the workers, delete it, "
    "apply, and publish it again from the outbox (docs/runbooks/broker-wiped.md)."
)
_CANNOT_SHRINK = "Kafka cannot take partitions away."
_DELETE_EMPTY = "It never held an event: stop the workers, delete it, and apply again."
_COPIES_STAY = "The copies of a topic that exists are placed by hand."
_MOVE_COPIES = (
    "Name the number it has with --replication, or place its copies anew with "
    "kafka-reassign-partitions.sh, and apply again."
)
_CANNOT_ALTER = "This broker cannot change a topic that exists."
_MAKE_ANEW = "Start the broker empty, or take Apache Kafka, and apply again."
