import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from kairos_events.fields import Code
from kairos_events.model import PublicEvent, Reader
from kairos_events.schema import blessed_schema
from pydantic import ValidationError


class ThingDoneV1(PublicEvent, type="dosing.thing_done.v1", topic="dosing.events", key="thing_id"):
    """A thing was done."""

    thing_id: UUID
    kind: Code


class ReadsThing(Reader, type="dosing.thing_done.v1"):
    kind: Code


SOUND: dict[str, Any] = {"thing_id": uuid4(), "kind": "good"}
THING = ThingDoneV1(thing_id=uuid4(), kind="good")


def test_an_event_knows_its_type_topic_key_and_source() -> None:
    assert ThingDoneV1.type == "dosing.thing_done.v1"
    assert ThingDoneV1.topic == "dosing.events"
    assert ThingDoneV1.source == "urn:kairos:dosing"
    assert THING.key == str(THING.thing_id)


def test_an_event_is_written_as_compact_json() -> None:
    assert THING.to_json() == f'{{"thing_id":"{THING.thing_id}","kind":"good"}}'.encode()


def test_an_event_names_the_schema_it_is_written_with() -> None:
    assert THING.dataschema == blessed_schema(THING.type, ThingDoneV1)["$id"]


def test_an_event_cannot_be_changed_or_extended() -> None:
    with pytest.raises(ValidationError):
        setattr(THING, "kind", "bad")  # noqa: B010 - mypy would refuse the plain form
    with pytest.raises(ValidationError):
        ThingDoneV1(thing_id=uuid4(), kind="good", more=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("wrong", [{"kind": 1}, {"thing_id": "x"}, {"kind": None}])
def test_an_event_takes_the_declared_types_only(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ThingDoneV1(**{**SOUND, **wrong})


def test_an_event_keyed_by_what_it_does_not_have_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="not a UUID field"):

        class Keyless(PublicEvent, type="a.b.v1", topic="a.events", key="patient_id"):
            thing_id: UUID

    with pytest.raises(TypeError, match="not a UUID field"):

        class KeyedByText(PublicEvent, type="a.b.v1", topic="a.events", key="kind"):
            kind: Code


def test_an_event_without_a_topic_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="topic"):

        class Homeless(PublicEvent, type="a.b.v1", key="thing_id"):
            thing_id: UUID


def test_a_reader_ignores_what_it_does_not_name() -> None:
    assert ReadsThing.from_json(THING.to_json()).kind == "good"


def test_a_reader_is_strict_in_what_it_names_and_hides_the_content() -> None:
    with pytest.raises(ValidationError) as refused:
        ReadsThing.from_json(json.dumps({"kind": "Dana R"}).encode())

    assert "Dana" not in str(refused.value)
