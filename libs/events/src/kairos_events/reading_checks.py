"""Every reader of the manifest against all that may be written: the blessed versions and, before
it is blessed, what the classes write now."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence

from kairos_events.compatibility import field_paths, reading_problems
from kairos_events.contract_files import ContractFiles
from kairos_events.lineage import is_published
from kairos_events.manifest import Reading
from kairos_events.model import PublicEvent
from kairos_events.problem import Problem
from kairos_events.schema import Schema, blessed_schema, hash_of

Search = Callable[[Schema, Schema], str | None]
"""Finds JSON that the first schema allows and the second refuses."""


def found_nothing(_writer: Schema, _wanted: Schema) -> str | None:
    """The search where none is to be had."""
    return None


def readers_problems(
    events: Mapping[str, type[PublicEvent]],
    files: ContractFiles,
    readings: Sequence[Reading],
    search: Search = found_nothing,
) -> list[Problem]:
    """Say which readers break, by which version, and by which instance where `search` finds one."""
    found = []
    for reading in readings:
        for problem in _problems(reading, events, files, search):
            found.append(dataclasses.replace(problem, reader=reading.name))
    return found


def _problems(
    reading: Reading,
    events: Mapping[str, type[PublicEvent]],
    files: ContractFiles,
    search: Search,
) -> Iterator[Problem]:
    for version in reading.versions:
        if version not in events:
            yield Problem(version, "$", "no_such_event: somebody reads it")
            return
    if not is_published(reading.type, events):
        yield Problem(reading.type, "$", "no_longer_published: somebody reads it and none newer")
    written = writers(events[reading.type], files)
    for version, writer in written.items():
        problems = reading_problems(reading.type, writer, reading.schema)
        instance = search(writer, reading.schema) if problems else None
        for problem in problems:
            yield dataclasses.replace(problem, version=version, instance=instance)
    known = set[str]().union(*(field_paths(version) for version in written.values()))
    for path in sorted(set(reading.fields) - known):
        yield Problem(reading.type, path, "never_written: no version has this field")


def writers(event: type[PublicEvent], files: ContractFiles) -> dict[str, Schema]:
    """Every schema that an event was, or is now, written with, by its hash."""
    current = blessed_schema(event.type, event)
    return {**files.blessed(event.type), hash_of(current): current}
