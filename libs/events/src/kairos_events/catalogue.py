"""The event catalogue, written from the classes themselves: `docs/events.md`."""

import inspect
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from kairos_events.checks import nested_models
from kairos_events.content import FORMAT_NAMES, PATTERN_NAMES
from kairos_events.model import PublicEvent
from kairos_events.schema import Schema, contract
from kairos_events.topics import KEEP_FOR_EVER, Topic

_HEAD = """# Public events

Written by `python -m kairos_events docs`; do not edit. Every event is a CloudEvents 1.0 message in
the Kafka binary binding, with JSON data. How to add or consume one: `libs/events/README.md`.

Ids are UUIDs and mean nothing by themselves. Instants are RFC 3339 in UTC. Decimals are text. Codes
are open: expect new ones. Values listed with a bar are closed. A field "or null" is always present.
"""


def catalogue(events: Mapping[str, type[PublicEvent]], topics: Mapping[str, Topic]) -> str:
    """Return the whole catalogue as Markdown."""
    parts = [_HEAD, "## Topics\n", *_topic_table(topics), "", "## Events\n"]
    parts += _event_table(events, topics)
    for event in events.values():
        parts += ["", *_event_section(event, topics)]
    return "\n".join(parts) + "\n"


def _topic_table(topics: Mapping[str, Topic]) -> Iterator[str]:
    yield "| topic | owner | key | partitions | kept | consumers |"
    yield "|---|---|---|---|---|---|"
    for topic in topics.values():
        kept = (
            "for ever" if topic.retention_days == KEEP_FOR_EVER else f"{topic.retention_days} days"
        )
        keys = " or ".join(f"`{key}`" for key in topic.keys)
        yield (
            f"| `{topic.name}` | {topic.owner} | {keys} | {topic.partitions} | {kept} "
            f"| {', '.join(topic.consumers)} |"
        )


def _event_table(
    events: Mapping[str, type[PublicEvent]], topics: Mapping[str, Topic]
) -> Iterator[str]:
    yield "| event | topic | key | meaning | consumers |"
    yield "|---|---|---|---|---|"
    for event in events.values():
        meaning = (inspect.getdoc(event) or "").split("\n\n")[0]
        consumers = ", ".join(topics[event.topic].consumers)
        yield (
            f"| [`{event.type}`](#{_anchor(event.type)}) | `{event.topic}` | `{event.key_field}` "
            f"| {_line(meaning)} | {consumers} |"
        )


def _event_section(event: type[PublicEvent], topics: Mapping[str, Topic]) -> Iterator[str]:
    yield f"### {event.type}\n"
    yield inspect.getdoc(event) or ""
    consumers = ", ".join(topics[event.topic].consumers)
    yield f"\nTopic `{event.topic}`, key `{event.key_field}`, consumers: {consumers}.\n"
    yield "| field | type | meaning, unit |"
    yield "|---|---|---|"
    yield from _field_rows("", event, contract(event, "serialization"))


def _field_rows(path: str, model: type[BaseModel], schema: Schema) -> Iterator[str]:
    required = schema.get("required", ())
    for name, field in model.model_fields.items():
        kind = schema["properties"][name]
        optional = "" if name in required else ", optional"
        meaning = _line(field.description or "")
        yield f"| `{path}{name}` | {_kind(kind)}{optional} | {meaning} |"
        for part in nested_models(field.annotation):
            inner, step = (kind["items"], "[].") if "items" in kind else (kind, ".")
            yield from _field_rows(f"{path}{name}{step}", part, inner)


def _kind(schema: Schema) -> str:
    """Name a field's type for people."""
    if "anyOf" in schema:
        return " or ".join(_kind(branch) for branch in schema["anyOf"])
    if "enum" in schema:
        return " \\| ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of up to {schema['maxItems']}: {_kind(schema['items'])}"
    if schema.get("type") == "integer":
        return f"whole number {schema['minimum']} to {schema['maximum']}"
    if "pattern" in schema:
        return PATTERN_NAMES.get(schema["pattern"], "text")
    return FORMAT_NAMES.get(schema.get("format", ""), str(schema.get("type")))


def _anchor(event_type: str) -> str:
    return event_type.replace(".", "")


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
