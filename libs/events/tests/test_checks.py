"""Each rule of `checks` bites: a sound event passes, every planted fault is named."""

import dataclasses
import types
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from kairos_events.checks import contract_problems, event_problems, topic_problems
from kairos_events.contract_files import ContractFiles
from kairos_events.fields import Code, Codes, ExactDecimal, Route
from kairos_events.model import EventModel, PublicEvent
from kairos_events.topics import Topic
from pydantic import StringConstraints

Plant = Callable[[type[PublicEvent], str], Path]

ID = "0197a3c0-0000-7000-8000-000000000001"
SAMPLE = f'{{"patient_id": "{ID}", "kind": "good"}}'
TOPIC = Topic(
    name="dosing.events",
    owner="dosing",
    keys=("patient_id",),
    partitions=1,
    retention_days=-1,
    consumers=("partners",),
)
TOPICS = {TOPIC.name: TOPIC}
AT_HOME: dict[str, Any] = {
    "type": "dosing.done.v1",
    "topic": "dosing.events",
    "key": "patient_id",
}


class Sound(PublicEvent, **AT_HOME):
    """It was done.

    Published when it was done, for those who wait for it.
    """

    patient_id: UUID
    """The patient."""
    kind: Code
    """How."""


def rules(event: type[PublicEvent], files: ContractFiles) -> set[tuple[str, str]]:
    found = event_problems(event, TOPICS, files)
    return {(problem.path, problem.rule.partition(":")[0]) for problem in found}


def test_a_sound_event_has_no_problem(files: ContractFiles, plant: Plant) -> None:
    plant(Sound, SAMPLE)

    assert contract_problems({Sound.type: Sound}, TOPICS, files) == []


def test_an_added_optional_field_keeps_the_contract_once_blessed_and_shown(
    files: ContractFiles, plant: Plant
) -> None:
    class Grown(Sound, **AT_HOME):
        """It was done.

        Published when it was done.
        """

        route: Route | None = None
        """The route."""

    plant(Sound, SAMPLE)
    assert rules(Grown, files) == {("$", "not_blessed"), ("$.route", "in_no_example")}

    files.bless(Grown)
    newer = files.examples / f"{Grown.type}.with_route.json"
    newer.write_text(SAMPLE.replace("}", ', "route": "im"}'), "utf-8")
    assert rules(Grown, files) == set()


def test_a_renamed_field_is_refused(files: ContractFiles, plant: Plant) -> None:
    class Renamed(PublicEvent, **AT_HOME):
        """It was done.

        Published when it was done.
        """

        patient_id: UUID
        """The patient."""
        sort: Code
        """How."""

    plant(Sound, SAMPLE)

    assert {
        ("$.kind", "field_removed"),
        ("$.sort", "field_newly_required"),
        (f"{Sound.type}.json", "bad_example"),
    } <= rules(Renamed, files)


def test_a_removed_required_field_is_refused(files: ContractFiles, plant: Plant) -> None:
    class Shrunk(PublicEvent, **AT_HOME):
        """It was done.

        Published when it was done.
        """

        patient_id: UUID
        """The patient."""

    plant(Sound, SAMPLE)

    assert ("$.kind", "field_removed") in rules(Shrunk, files)


@pytest.mark.parametrize("narrower", [Route, ExactDecimal, Codes, Code | None])
def test_a_field_of_another_type_is_refused(
    files: ContractFiles, plant: Plant, narrower: Any
) -> None:
    class Changed(PublicEvent, **AT_HOME):
        """It was done.

        Published when it was done.
        """

        patient_id: UUID
        """The patient."""
        kind: narrower
        """How."""

    plant(Sound, SAMPLE)

    assert ("$.kind", "field_changed") in rules(Changed, files)


@pytest.mark.parametrize("values", [["good"], ["good", "bad", "new"]])
def test_a_closed_list_that_lost_or_gained_a_value_is_refused(
    files: ContractFiles, plant: Plant, values: list[str]
) -> None:
    def closed(*names: str) -> type[PublicEvent]:
        class Closed(Sound, **AT_HOME):
            kind: StrEnum("Kind", names)  # type: ignore[valid-type]

        return Closed

    plant(closed("good", "bad"), SAMPLE)

    assert ("$.kind", "field_changed") in rules(closed(*values), files)
    assert ("$.kind", "field_changed") not in rules(closed("bad", "good"), files)


def test_an_edited_schema_is_named(files: ContractFiles, plant: Plant) -> None:
    path = plant(Sound, SAMPLE)
    path.write_text(path.read_text("utf-8").replace("{0,63}", "{0,62}"), "utf-8")

    assert (path.stem, "edited_schema") in rules(Sound, files)


def test_a_schema_under_another_event_s_name_is_named(files: ContractFiles, plant: Plant) -> None:
    path = plant(Sound, SAMPLE)
    path.write_text(path.read_text("utf-8").replace("dosing.done.v1", "dosing.begun.v1"), "utf-8")

    assert (path.stem, "edited_schema") in rules(Sound, files)


def test_an_event_without_schema_or_example_is_named(files: ContractFiles) -> None:
    assert rules(Sound, files) == {("$", "not_blessed"), ("$", "no_example")}


@pytest.mark.parametrize(
    ("sample", "rule"),
    [
        ("{", "bad_example"),
        ("[]", "bad_example"),
        (SAMPLE.replace("good", "Not a code"), "bad_example"),
        (SAMPLE.replace("}", ', "more": 1}'), "bad_example"),
        (SAMPLE.replace('"kind"', '"kin"'), "bad_example"),
        (SAMPLE.replace(ID, ID.upper()), "example_not_canonical"),
    ],
)
def test_a_wrong_example_is_named(
    files: ContractFiles, plant: Plant, sample: str, rule: str
) -> None:
    plant(Sound, sample)

    assert rule in {found for _, found in rules(Sound, files)}


def test_an_event_without_words_is_named(files: ContractFiles) -> None:
    class Part(EventModel):
        kind: Code

    class Silent(PublicEvent, **AT_HOME):
        """Done."""

        patient_id: UUID
        parts: tuple[Part, ...]
        """Parts."""

    assert {
        ("$", "no_docstring"),
        ("$.patient_id", "field_without_meaning"),
        ("$.parts.kind", "field_without_meaning"),
    } <= rules(Silent, files)


@pytest.mark.parametrize(
    ("name", "kind", "rule"),
    [
        ("patient_name", Code, "personal_or_free_text"),
        ("email_sha256", Code, "personal_or_free_text"),
        ("note", Code, "personal_or_free_text"),
        ("birth_on", Code, "personal_or_free_text"),
        ("remark", str, "free_text"),
        ("remark", str | None, "free_text"),
        ("remark", Annotated[str, StringConstraints(pattern="^.*$")], "free_text"),
        ("dose", float, "floating_point"),
        ("count", int, "unbounded"),
        ("kinds", tuple[Code, ...], "unbounded"),
        ("extra", dict[str, str], "open_writer"),
        ("extra", Any, "unbounded"),
    ],
)
def test_what_may_not_travel_is_named(
    files: ContractFiles, name: str, kind: Any, rule: str
) -> None:
    body = {"__annotations__": {"patient_id": UUID, name: kind}, "__module__": __name__}
    event: type[PublicEvent] = types.new_class(
        "Leaky", (PublicEvent,), AT_HOME, lambda namespace: namespace.update(body)
    )

    assert (f"$.{name}", rule) in rules(event, files)


def test_an_event_on_an_unknown_topic_is_named(files: ContractFiles) -> None:
    assert ("unknown_topic: dosing.events") in {
        problem.rule for problem in event_problems(Sound, {}, files)
    }


def test_an_event_on_another_s_topic_or_by_another_key_is_named(files: ContractFiles) -> None:
    other = dataclasses.replace(TOPIC, owner="intake", keys=("visit_id",))
    found = {problem.rule for problem in event_problems(Sound, {other.name: other}, files)}

    assert {"topic_of_another: dosing.events is intake's", "not_a_key_of: dosing.events"} <= found


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"owner": "billing"}, "unknown_owner: billing"),
        ({"consumers": ("billing",)}, "unknown_consumer: billing"),
        ({"name": "dosing.other"}, "nothing_published"),
    ],
)
def test_a_topic_nobody_owns_or_uses_is_named(changes: dict[str, Any], rule: str) -> None:
    topic = dataclasses.replace(TOPIC, **changes)

    found = topic_problems({Sound.type: Sound}, {topic.name: topic})

    assert [problem.rule for problem in found] == [rule]


def test_files_of_no_known_event_are_named(files: ContractFiles, plant: Plant) -> None:
    plant(Sound, SAMPLE)
    (files.schemas / "dosing.gone.v1").mkdir()
    (files.examples / "dosing.gone.v1.json").write_text("{}", "utf-8")

    found = contract_problems({Sound.type: Sound}, TOPICS, files)

    assert [(p.event, p.rule) for p in found] == [
        ("dosing.gone.v1", "no_such_event"),
        ("dosing.gone.v1.json", "no_such_event"),
    ]


def test_blessing_never_writes_to_an_existing_file(files: ContractFiles, plant: Plant) -> None:
    path = plant(Sound, SAMPLE)
    path.write_text("kept", "utf-8")

    assert files.bless(Sound) is None
    assert path.read_text("utf-8") == "kept"
