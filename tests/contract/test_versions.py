"""An event over its major versions: whatever an older one told is read as the newest, and while two
are published, both are told of every fact. Every test runs for every such event."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from kairos_events.contract_files import packaged
from kairos_events.model import PublicEvent
from kairos_events.registry import events
from kairos_events.schema import blessed_schema
from kairos_events.testing.instances import instances
from kairos_events.upcasting import upcast
from kairos_events.wire_types import major_of, with_major

Event = type[PublicEvent]

FILES = packaged()
LATER = {name: event for name, event in events().items() if major_of(name) > 1}
TOLD_TWICE = {name: event for name, event in LATER.items() if event.beside is not None}
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def is_valid(event: Event, data: bytes) -> bool:
    schema = blessed_schema(event.type, event)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return validator.is_valid(json.loads(data))


def older_than(event: Event) -> list[str]:
    return [with_major(event.type, major) for major in range(1, major_of(event.type))]


@pytest.mark.parametrize("event", LATER.values(), ids=list(LATER))
@few
@given(data=st.data())
def test_whatever_an_older_version_told_is_read_as_this_one(
    event: Event, data: st.DataObject
) -> None:
    for older in older_than(event):
        for schema in FILES.blessed(older).values():
            told = json.dumps(data.draw(instances(schema))).encode()

            assert is_valid(event, upcast(told, older, event.type))


@pytest.mark.parametrize("event", LATER.values(), ids=list(LATER))
def test_a_field_that_the_older_version_gained_does_not_hinder(event: Event) -> None:
    older = older_than(event)[-1]
    sample = FILES.samples(older)[f"{older}.json"]
    more = json.dumps({**json.loads(sample), "gained_later": 1}).encode()

    read = json.loads(upcast(more, older, event.type))

    read.pop("gained_later", None)
    assert read == json.loads(upcast(sample, older, event.type))


@pytest.mark.parametrize("event", TOLD_TWICE.values(), ids=list(TOLD_TWICE))
@few
@given(data=st.data())
def test_every_fact_is_told_in_both_versions_that_are_published(
    event: Event, data: st.DataObject
) -> None:
    schema = blessed_schema(event.type, event)
    fact = event.model_validate_json(json.dumps(data.draw(instances(schema))))

    newer, older = fact.records()

    assert newer is fact
    assert older.type == event.beside
    assert (older.key, older.topic) == (newer.key, newer.topic)
    assert is_valid(events()[older.type], older.to_json())


@pytest.mark.parametrize("event", TOLD_TWICE.values(), ids=list(TOLD_TWICE))
def test_the_older_version_is_published_beside_the_newer_one_only(event: Event) -> None:
    assert event.beside is not None
    older = events()[event.beside]
    fact = older.model_validate_json(FILES.samples(older.type)[f"{older.type}.json"])

    with pytest.raises(TypeError, match="publish that one"):
        fact.records()
