"""The published language as a whole. Every test runs for every event, so none can be forgotten.

That each of these rules bites is shown in `libs/events/tests`.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from kairos_events import dosing, intake, integration, scheduling
from kairos_events.checks import contract_problems, event_problems
from kairos_events.commands.documents import documents
from kairos_events.contract_files import packaged
from kairos_events.envelope import decode, encode
from kairos_events.history import immutability
from kairos_events.model import PublicEvent
from kairos_events.publishing import envelope_of
from kairos_events.registry import SERVICES, events
from kairos_events.testing.instances import instances
from kairos_events.topics import topics
from kairos_events.wire_types import split_beside

Event = type[PublicEvent]

FILES = packaged()
PACKAGES = dict(zip(SERVICES, (intake, scheduling, dosing, integration), strict=True))
NETWORK = UUID("0197a3c0-0000-7000-8000-0000000000ff")
RECORDED = datetime(2026, 3, 5, 16, 20, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
every_event = pytest.mark.parametrize("event", events().values(), ids=list(events()))


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=FormatChecker())


@every_event
def test_every_event_keeps_every_rule(event: Event) -> None:
    assert event_problems(event, topics(), FILES) == []


def test_topics_and_files_belong_to_events_that_exist() -> None:
    assert contract_problems(events(), topics(), FILES) == []


@every_event
def test_every_blessed_schema_is_a_valid_json_schema(event: Event) -> None:
    for schema in FILES.blessed(event.type).values():
        Draft202012Validator.check_schema(schema)


@every_event
def test_every_golden_sample_is_allowed_by_a_blessed_schema(event: Event) -> None:
    blessed = [validator(schema) for schema in FILES.blessed(event.type).values()]

    for name, sample in FILES.samples(event.type).items():
        assert any(schema.is_valid(json.loads(sample)) for schema in blessed), name


@every_event
def test_every_golden_sample_survives_the_wire(event: Event) -> None:
    for sample in FILES.samples(event.type).values():
        fact = event.model_validate_json(sample)
        sent = envelope_of(fact, network=NETWORK, sequence=1, time=RECORDED)
        record = encode(sent)

        received = decode(record.key, record.value, record.headers)

        assert received == sent
        assert event.model_validate_json(received.data) == fact
        assert received.key == str(getattr(fact, event.key_field))


@every_event
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_class_reads_and_writes_what_its_schemas_allow(
    event: Event, data: st.DataObject
) -> None:
    """It reads what any of them allowed, and writes what the one it names in `dataschema` does."""
    blessed = FILES.blessed(event.type).values()
    for schema in blessed:
        instance = data.draw(instances(schema))
        validator(schema).validate(instance)

        fact = event.model_validate_json(json.dumps(instance))

        name, _ = split_beside(fact.dataschema)
        (named,) = (one for one in blessed if one["$id"] == name)
        validator(named).validate(json.loads(fact.to_json()))


@every_event
@pytest.mark.parametrize("more", ["patient_name", "note"])
def test_every_event_refuses_a_field_it_does_not_have(event: Event, more: str) -> None:
    sample = json.loads(FILES.samples(event.type)[f"{event.type}.json"]) | {more: "Dana R"}

    assert not any(
        validator(schema).is_valid(sample) for schema in FILES.blessed(event.type).values()
    )
    with pytest.raises(ValueError, match=more):
        event.model_validate_json(json.dumps(sample))


def test_every_event_can_be_imported_from_its_service() -> None:
    for wire_type, event in events().items():
        package = PACKAGES[wire_type.partition(".")[0]]
        assert getattr(package, event.__name__) is event
        assert event.__name__ in package.__all__


def test_nothing_blessed_was_ever_changed_or_removed() -> None:
    assert immutability([FILES.schemas, FILES.examples]).problems == []


@pytest.mark.parametrize("name", ["events.md", "asyncapi.json"])
def test_what_is_written_from_the_events_is_up_to_date(name: str) -> None:
    written = {one.path.name: one for one in documents(FILES, ROOT / "docs" / "events.md")}

    assert written[name].is_current(), "run `python -m kairos_events docs`"
