"""What differs between two versions of an event, field by field, and whom it breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kairos_events.compatibility import extension_problems, reading_problems
from kairos_events.contract_files import ContractFiles
from kairos_events.kinds import kind_of
from kairos_events.manifest import Reading
from kairos_events.model import PublicEvent
from kairos_events.problem import Problem
from kairos_events.reading import same
from kairos_events.reading_checks import Search, writers
from kairos_events.schema import Schema, blessed_schema, hash_of


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that is new, gone or another. None stands for a field that is not there."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One schema that an event is or was written with."""

    event: str
    hash: str
    schema: Schema

    def __str__(self) -> str:
        """How people call it."""
        return f"{self.event}@{self.hash}"


@dataclass(frozen=True, slots=True)
class Difference:
    """From one version to another."""

    before: Version
    after: Version
    changes: Sequence[FieldChange]
    within_version: Sequence[Problem]
    """Why the one may not follow the other under the same major version; empty: it may."""
    broken_readers: Sequence[Problem]
    """Which readers of the first could not read the second."""


def versions_of(event: type[PublicEvent], files: ContractFiles) -> list[Version]:
    """Return every schema of an event, the smallest first: within a version fields are added.

    What the class writes now comes last, also if it is not blessed yet.
    """
    current = hash_of(blessed_schema(event.type, event))
    found = [Version(event.type, name, schema) for name, schema in writers(event, files).items()]
    return sorted(
        found, key=lambda one: (one.hash == current, len(one.schema.get("properties", ())))
    )


def difference(
    before: Version, after: Version, readings: Sequence[Reading], search: Search
) -> Difference:
    """Compare two versions of one event, of the same or of different major versions."""
    broken = []
    for reading in readings:
        if reading.type != before.event:
            continue
        problems = reading_problems(after.event, after.schema, reading.schema)
        instance = search(after.schema, reading.schema) if problems else None
        broken += [
            Problem(one.event, one.path, one.rule, after.hash, reading.name, instance)
            for one in problems
        ]
    return Difference(
        before,
        after,
        list(_changes("$", before.schema, after.schema)),
        extension_problems(after.event, before.schema, after.schema),
        broken,
    )


def _changes(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    past, present = before.get("properties", {}), after.get("properties", {})
    required = set(before.get("required", ())), set(after.get("required", ()))
    for name in dict.fromkeys([*past, *present]):
        where = f"{path}.{name}"
        one, other = past.get(name), present.get(name)
        told = _told(one, name in required[0]), _told(other, name in required[1])
        if one is None or other is None or told[0] != told[1]:
            yield FieldChange(where, *told)
        elif not same(one, other):
            inner = list(_inner_changes(where, one, other))
            yield from inner or [FieldChange(where, *told)]


def _inner_changes(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if "items" in before and "items" in after:
        yield from _inner_changes(f"{path}[]", before["items"], after["items"])
    elif "properties" in before and "properties" in after:
        yield from _changes(path, before, after)


def _told(field: Any, required: bool) -> str | None:
    if field is None:
        return None
    return kind_of(field) + ("" if required else ", optional")
