"""The rules of every event. Each check is given what it judges: a test can plant a fault."""

import inspect
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ValidationError

from kairos_events.compatibility import extension_problems
from kairos_events.content import content_problems
from kairos_events.contract_files import ContractFiles, fields_of
from kairos_events.lineage import downcast_problems, lineage_problems
from kairos_events.model import PublicEvent
from kairos_events.problem import Problem
from kairos_events.registry import SERVICES
from kairos_events.schema import blessed_schema, hash_of, schema_uri
from kairos_events.topics import PARTNERS, Topic

Event = type[PublicEvent]
Events = Mapping[str, Event]
Topics = Mapping[str, Topic]


def contract_problems(events: Events, topics: Topics, files: ContractFiles) -> list[Problem]:
    """Run every check that needs no git history; empty means the contract holds."""
    found = [
        problem for event in events.values() for problem in event_problems(event, topics, files)
    ]
    for event in events.values():
        found += lineage_problems(event, events, files)
    found += topic_problems(events, topics)
    found += [Problem(name, "$", "no_such_event") for name in files.strangers(set(events))]
    return found


def event_problems(event: Event, topics: Topics, files: ContractFiles) -> list[Problem]:
    """Run every check of one event."""
    return [
        *word_problems(event),
        *content_problems(event.type, blessed_schema(event.type, event)),
        *blessing_problems(event, files),
        *succession_problems(event, files),
        *sample_problems(event, files),
        *ownership_problems(event, topics),
    ]


def word_problems(event: Event) -> list[Problem]:
    """An event says what it means, when and for whom; each field says its meaning."""
    found = []
    if len((inspect.getdoc(event) or "").split("\n\n")) < 2:
        found.append(Problem(event.type, "$", "no_docstring: meaning, then when and for whom"))
    return found + _fields_without_words(event.type, "$", event)


def blessing_problems(event: Event, files: ContractFiles) -> list[Problem]:
    """What the class writes is blessed, and no blessed file was edited."""
    current = blessed_schema(event.type, event)
    blessed = files.blessed(event.type)
    found = []
    if hash_of(current) not in blessed:
        found.append(Problem(event.type, "$", "not_blessed: run `python -m kairos_events bless`"))
    for name, schema in blessed.items():
        if hash_of(schema) != name or schema.get("$id") != schema_uri(event.type, name):
            found.append(Problem(event.type, name, "edited_schema: not what its name says"))
    return found


def succession_problems(event: Event, files: ContractFiles) -> list[Problem]:
    """What the class writes follows every blessed version by added optional fields alone."""
    current = blessed_schema(event.type, event)
    past = files.blessed(event.type).values()
    return [p for schema in past for p in extension_problems(event.type, schema, current)]


def sample_problems(event: Event, files: ContractFiles) -> list[Problem]:
    """Every golden sample is read and written as it stands; together they show every field."""
    samples = files.samples(event.type)
    if f"{event.type}.json" not in samples:
        return [Problem(event.type, "$", f"no_example: examples/{event.type}.json")]
    found, shown = [], set[str]()
    for name, sample in samples.items():
        try:
            told = fields_of(sample)
            written = fields_of(event.model_validate_json(sample).to_json())
        except (ValidationError, ValueError) as error:
            found.append(Problem(event.type, name, f"bad_example: {error}"))
            continue
        shown |= told.keys()
        if event.beside is not None and event.is_newest():
            found += downcast_problems(event, sample)
        for field in sorted(told):
            if written[field] != told[field]:
                found.append(Problem(event.type, f"{name} {field}", "example_not_canonical"))
    for field in sorted(event.model_fields.keys() - shown):
        found.append(Problem(event.type, f"$.{field}", "in_no_example"))
    return found


def ownership_problems(event: Event, topics: Topics) -> list[Problem]:
    """An event goes to a topic of its own service, by one of the topic's keys."""
    topic = topics.get(event.topic)
    if topic is None:
        return [Problem(event.type, "$", f"unknown_topic: {event.topic}")]
    found = []
    if topic.owner != event.type.partition(".")[0]:
        found.append(Problem(event.type, "$", f"topic_of_another: {topic.name} is {topic.owner}'s"))
    if event.key_field not in topic.keys:
        found.append(Problem(event.type, f"$.{event.key_field}", f"not_a_key_of: {topic.name}"))
    return found


def topic_problems(events: Events, topics: Topics) -> list[Problem]:
    """A topic has a known owner, known consumers, and something published to it."""
    used = {event.topic for event in events.values()}
    found = []
    for topic in topics.values():
        if topic.owner not in SERVICES:
            found.append(Problem(topic.name, "owner", f"unknown_owner: {topic.owner}"))
        for consumer in topic.consumers:
            if consumer not in {*SERVICES, PARTNERS}:
                found.append(Problem(topic.name, "consumers", f"unknown_consumer: {consumer}"))
        if topic.name not in used:
            found.append(Problem(topic.name, "$", "nothing_published"))
    return found


def _fields_without_words(event: str, path: str, model: type[BaseModel]) -> list[Problem]:
    found = []
    for name, field in model.model_fields.items():
        if not field.description:
            found.append(Problem(event, f"{path}.{name}", "field_without_meaning"))
        for part in nested_models(field.annotation):
            found += _fields_without_words(event, f"{path}.{name}", part)
    return found


def nested_models(annotation: object) -> Iterable[type[BaseModel]]:
    """Yield the models inside a field's annotation, e.g. the one of `tuple[StaffMember, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from nested_models(inner)
