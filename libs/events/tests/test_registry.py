from types import ModuleType
from uuid import UUID

import pytest
from kairos_events.model import PublicEvent
from kairos_events.registry import (
    SERVICES,
    RegistryError,
    UnknownEventError,
    event_for,
    event_in,
    events,
    events_on,
)
from kairos_events.topics import topics


def planted(module: str, name: str, wire_type: str) -> type[PublicEvent]:
    class Planted(PublicEvent, type=wire_type, topic="dosing.events", key="patient_id"):
        patient_id: UUID

    Planted.__module__ = module
    Planted.__name__ = name
    return Planted


def module_with(name: str, *found: type[PublicEvent]) -> ModuleType:
    module = ModuleType(name)
    for number, event in enumerate(found):
        setattr(module, f"found_{number}", event)
    return module


def test_every_service_publishes_something() -> None:
    assert {wire_type.partition(".")[0] for wire_type in events()} == set(SERVICES)


def test_events_are_found_by_type_and_by_topic() -> None:
    assert event_for("dosing.dose_administered.v1").__name__ == "DoseAdministeredV1"
    assert [event.type for event in events_on("dosing.telemetry")] == [
        "dosing.device_readings_recorded.v1",
        "dosing.observation_recorded.v1",
    ]
    assert sum(len(events_on(topic)) for topic in topics()) == len(events())


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(UnknownEventError):
        event_for("dosing.unheard_of.v1")


def test_a_file_holds_the_event_of_its_name() -> None:
    name = "kairos_events.dosing.thing_done_v1"
    right = planted(name, "ThingDoneV1", "dosing.thing_done.v1")

    assert event_in(module_with(name, right), "dosing") is right


@pytest.mark.parametrize(
    ("class_name", "wire_type"),
    [
        ("ThingDoneV1", "dosing.thing_done.v2"),
        ("ThingDoneV1", "intake.thing_done.v1"),
        ("ThingDone", "dosing.thing_done.v1"),
    ],
)
def test_a_file_with_another_event_than_its_name_is_refused(
    class_name: str, wire_type: str
) -> None:
    name = "kairos_events.dosing.thing_done_v1"

    with pytest.raises(RegistryError):
        event_in(module_with(name, planted(name, class_name, wire_type)), "dosing")


def test_a_file_with_no_event_or_two_is_refused() -> None:
    name = "kairos_events.dosing.thing_done_v1"
    event = planted(name, "ThingDoneV1", "dosing.thing_done.v1")

    with pytest.raises(RegistryError, match="0 events"):
        event_in(module_with(name), "dosing")
    with pytest.raises(RegistryError, match="2 events"):
        event_in(module_with(name, event, event), "dosing")
