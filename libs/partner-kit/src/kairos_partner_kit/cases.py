"""All cases for a consumer: every trap on every topic it reads, and what its events bring."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from kairos_events.content import PATTERN_NAMES
from kairos_events.registry import events
from kairos_events.schema import blessed_schema

from kairos_partner_kit.case import Case, Outcome, applying
from kairos_partner_kit.story import Event, Story
from kairos_partner_kit.traps import TRAPS


def readable(names: Sequence[str]) -> list[Event]:
    """Return the events of these types, or all. Raises LookupError for one that is unknown."""
    known = events()
    if unknown := [name for name in names if name not in known]:
        raise LookupError(f"no such event: {', '.join(unknown)}")
    return [known[name] for name in names or known]


def all_cases(reads: Sequence[Event], chance: Random) -> list[Case]:
    """Return every case for a consumer that reads these events."""
    by_topic: dict[str, list[Event]] = {}
    for event in reads:
        by_topic.setdefault(event.topic, []).append(event)
    found = []
    for topic, on_topic in by_topic.items():
        for trap in TRAPS:
            records, right = trap(Story(on_topic, chance), on_topic[0])
            promise = inspect.getdoc(trap) or ""
            found.append(Case(f"{trap.__name__} {topic}", promise, records, [right]))
    return [*found, *_told_in_two_versions(reads, chance), *_new_code(reads, chance)]


def _told_in_two_versions(reads: Sequence[Event], chance: Random) -> Iterator[Case]:
    read = {event.type for event in reads}
    for event in events().values():
        if event.beside is not None and event.is_newest() and read & {event.type, event.beside}:
            story = Story([event], chance)
            yield Case(
                f"told_in_two_versions {event.type}",
                "A fact told in two versions has one effect.",
                [*story.told(event), *story.told(event)],
                [Outcome([frozenset({0, 1}), frozenset({2, 3})])],
            )


def _new_code(reads: Sequence[Event], chance: Random) -> Iterator[Case]:
    for event in reads:
        codes = [name for name, kind in _fields(event).items() if _is_code(kind)]
        if codes:
            story = Story([event], chance)
            changed = {codes[0]: "new_in_a_later_release"}
            yield Case(
                f"new_code {event.type}",
                "A code that is new is applied or kept, not lost.",
                [story.fact(event), story.fact(event, **changed)],
                [applying(0, 1), applying(0, keeping=[1])],
            )


def _fields(event: Event) -> Mapping[str, Mapping[str, object]]:
    fields: Mapping[str, Mapping[str, object]] = blessed_schema(event.type, event)["properties"]
    return fields


def _is_code(kind: Mapping[str, object]) -> bool:
    return PATTERN_NAMES.get(str(kind.get("pattern"))) == "code"
