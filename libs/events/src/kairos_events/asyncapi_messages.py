"""The messages of the AsyncAPI document: one for each version of an event, and the heartbeat."""

import inspect
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from kairos_events.checks import nested_models
from kairos_events.contract_files import ContractFiles
from kairos_events.heartbeat import HEARTBEAT_TYPE
from kairos_events.kinds import inside
from kairos_events.lineage import is_published
from kairos_events.model import PublicEvent
from kairos_events.schema import Schema, contract, schema_hash, schema_uri

Json = dict[str, Any]
Events = Mapping[str, type[PublicEvent]]

KAFKA_BINDINGS = "0.5.0"
"""The version of AsyncAPI's Kafka bindings."""


def message(event: type[PublicEvent], events: Events, files: ContractFiles) -> Json:
    """One version of an event: its words, headers, payload, key and golden samples."""
    meaning, _, more = (inspect.getdoc(event) or "").partition("\n\n")
    told: Json = {
        "name": event.type,
        "title": event.__name__,
        "summary": " ".join(meaning.split()),
        "description": more,
        "tags": [{"name": event.type.partition(".")[0]}],
        "headers": _headers_of(event),
        "payload": _with_words(contract(event, "serialization"), event),
        "bindings": {
            "kafka": {
                "key": {
                    "type": "string",
                    "format": "uuid",
                    "description": f"The event's `{event.key_field}`.",
                },
                "bindingVersion": KAFKA_BINDINGS,
            }
        },
        "examples": [
            {"name": name.removesuffix(".json"), "payload": json.loads(sample)}
            for name, sample in files.samples(event.type).items()
        ],
        "x-published": is_published(event.type, events),
    }
    return told if event.beside is None else told | {"x-beside": event.beside}


def _headers_of(event: type[PublicEvent]) -> Json:
    fixed: Json = {
        "ce_type": {"const": event.type},
        "ce_source": {"const": event.source},
        "ce_dataschema": {"examples": [schema_uri(event.type, schema_hash(event))]},
    }
    if event.beside is not None:
        fixed["ce_beside"] = {"const": event.beside}
    return {"allOf": [reference("schemas", "cloudevent"), {"type": "object", "properties": fixed}]}


def cloudevent_headers() -> Schema:
    """The headers of every event. On the wire each is UTF-8 text."""
    said = {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": _text("UUIDv7 of the event, the same on every redelivery.", "uuid"),
        "ce_type": _text("The event's type with its major version."),
        "ce_source": _text("The producing service."),
        "ce_time": _text("When the fact was recorded.", "date-time"),
        "ce_subject": _text("Opaque id of what the fact is about."),
        "ce_dataschema": _text("The blessed schema that the data was written with.", "uri"),
        "ce_network": _text("The clinic network that the fact belongs to.", "uuid"),
        "ce_sequence": _text("Gap-free from 1 per topic and key, as decimal digits."),
    }
    optional = {
        "ce_beside": _text("The other version that this very fact is published in. Take one."),
        "traceparent": _text("W3C trace context of the request that caused the fact."),
        "tracestate": _text("W3C trace state."),
    }
    return {"type": "object", "required": list(said), "properties": said | optional}


def heartbeat_message() -> Json:
    """What stands between the events on every channel."""
    return {
        "name": HEARTBEAT_TYPE,
        "title": "Heartbeat",
        "summary": "Everything that the source had before `ce_time` is in this partition.",
        "description": "It has no key and is no fact: it tells silence from lag. Pass over it.",
        "headers": {
            "type": "object",
            "required": ["ce_type", "ce_source", "ce_time"],
            "properties": {"ce_type": {"const": HEARTBEAT_TYPE}},
        },
        "payload": {"type": "object", "maxProperties": 0},
    }


def _with_words(schema: Schema, model: type[BaseModel]) -> Schema:
    """A schema with what each of its fields means."""
    fields = {**schema["properties"]}
    for name, field in model.model_fields.items():
        fields[name] = {**fields[name], "description": " ".join((field.description or "").split())}
        for part in nested_models(field.annotation):
            fields[name] = _described_inside(fields[name], part)
    return {**schema, "properties": fields}


def _described_inside(schema: Schema, part: type[BaseModel]) -> Schema:
    if inside(schema) is None:
        return schema
    if "properties" in schema:
        return _with_words(schema, part)
    if "items" in schema:
        return {**schema, "items": _described_inside(schema["items"], part)}
    return {
        **schema,
        **{
            union: [_described_inside(branch, part) for branch in schema[union]]
            for union in ("anyOf", "oneOf")
            if union in schema
        },
    }


def _text(meaning: str, form: str | None = None) -> Schema:
    return {"type": "string", "description": meaning} | ({"format": form} if form else {})


def reference(kind: str, name: str) -> Json:
    """Refer to a component of the document."""
    return {"$ref": f"#/components/{kind}/{name}"}
