"""The public events as an AsyncAPI 3 document, for tools and partners: `docs/asyncapi.json`."""

import json
from collections.abc import Mapping
from importlib.metadata import version

from kairos_events.asyncapi_messages import (
    KAFKA_BINDINGS,
    Events,
    Json,
    cloudevent_headers,
    heartbeat_message,
    message,
    reference,
)
from kairos_events.contract_files import ContractFiles
from kairos_events.heartbeat import HEARTBEAT_TYPE
from kairos_events.topics import PARTNERS, Topic

_ABOUT = """Every fact that the services of Kairos tell each other and partners.

Each message is a CloudEvents 1.0 event in the Kafka binary binding. `ce_id` is the same on every
redelivery: apply an event once. `ce_sequence` is gap-free per topic and key: wait for a missing
one. Codes are open: expect new ones. A message of a type, or a field, that you do not know is none
of your business; a new major version of one that you read is: keep it until you can read it."""


def asyncapi_text(events: Events, topics: Mapping[str, Topic], files: ContractFiles) -> str:
    """Return the document as it is committed."""
    return json.dumps(asyncapi(events, topics, files), indent=2, ensure_ascii=True) + "\n"


def asyncapi(events: Events, topics: Mapping[str, Topic], files: ContractFiles) -> Json:
    """Return the document: a channel for each topic, a message for each version of an event."""
    messages = {event.type: message(event, events, files) for event in events.values()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Kairos public events",
            "version": version("kairos-events"),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, events) for topic in topics.values()},
        "operations": _operations(topics),
        "components": {
            "messages": {**messages, HEARTBEAT_TYPE: heartbeat_message()},
            "schemas": {"cloudevent": cloudevent_headers()},
        },
    }


def _channel(topic: Topic, events: Events) -> Json:
    types = [event.type for event in events.values() if event.topic == topic.name]
    return {
        "address": topic.name,
        "title": f"What {topic.owner} tells",
        "description": f"Published by {topic.owner} alone, in order by {' or '.join(topic.keys)}.",
        "messages": {name: reference("messages", name) for name in [*types, HEARTBEAT_TYPE]},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": topic.retention_ms,
                },
                "bindingVersion": KAFKA_BINDINGS,
            }
        },
    }


def _operations(topics: Mapping[str, Topic]) -> Json:
    found: Json = {}
    for topic in topics.values():
        found[f"{topic.owner}_sends_{topic.name}"] = _operation("send", topic, topic.owner)
        for consumer in topic.consumers:
            who = "a partner" if consumer == PARTNERS else consumer
            found[f"{consumer}_receives_{topic.name}"] = _operation("receive", topic, who)
    return found


def _operation(action: str, topic: Topic, who: str) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"{who.capitalize()} {action}s what is told on {topic.name}.",
        "tags": [{"name": who}],
    }
