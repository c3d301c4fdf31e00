"""One event over its major versions: what was told long ago stays readable, and no reader of a
version that is still published is forgotten."""

import json
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from kairos_events.contract_files import ContractFiles, fields_of
from kairos_events.model import PublicEvent
from kairos_events.problem import Problem
from kairos_events.wire_types import major_of, with_major

Event = type[PublicEvent]
Events = Mapping[str, Event]


def lineage_problems(event: Event, events: Events, files: ContractFiles) -> list[Problem]:
    """Check an event against the versions before and beside it."""
    return [Problem(event.type, path, rule) for path, rule in _faults(event, events, files)]


def is_published(event_type: str, events: Events) -> bool:
    """Whether a version is still written: it is the newest one, or told beside the next."""
    newer = events.get(with_major(event_type, major_of(event_type) + 1))
    return newer is None or newer.beside == event_type


def upcast_samples(event: Event, files: ContractFiles) -> Mapping[str, tuple[bytes, str]]:
    """Each golden sample of the version before, by name, with the name that its upcast goes by."""
    major = major_of(event.type)
    before = with_major(event.type, major - 1)
    return {
        name: (sample, f"{event.type}.from_v{major - 1}{name.removeprefix(before)}")
        for name, sample in files.samples(before).items()
    }


def _faults(event: Event, events: Events, files: ContractFiles) -> Iterator[tuple[str, str]]:
    yield from _beside(event, events)
    if major_of(event.type) == 1:
        return
    before = with_major(event.type, major_of(event.type) - 1)
    if before not in events:
        yield "$", f"no_version_before: {before} must stay readable"
        return
    if _is_inherited(event, "from_previous"):
        yield "$", f"no_upcaster: from_previous reads {before}"
        return
    golden = files.samples(event.type)
    for name, (sample, wanted) in upcast_samples(event, files).items():
        if wanted not in golden:
            yield wanted, f"no_upcast_sample: what {name} is in this version"
            continue
        try:
            if event.from_previous(fields_of(sample)) != json.loads(golden[wanted]):
                yield wanted, f"upcast_changed: {name} is upcast to something else"
        except (KeyError, ValueError, TypeError) as error:
            yield wanted, f"upcast_failed: {type(error).__name__}"


def _beside(event: Event, events: Events) -> Iterator[tuple[str, str]]:
    if event.beside is None:
        return
    other = events.get(event.beside)
    if other is None or other.beside != event.type:
        yield "$", f"beside_disagrees: {event.beside} does not name this version"
        return
    major = major_of(event.type)
    if event.beside not in {with_major(event.type, n) for n in (major - 1, major + 1)}:
        yield "$", f"beside_disagrees: {event.beside} is no version next to this one"
    elif event.is_newest() and _is_inherited(event, "as_previous"):
        yield "$", f"not_told_before: as_previous writes {other.type}"


def downcast_problems(event: Event, sample: bytes) -> list[Problem]:
    """Say why a fact cannot be told in the version that is published beside it."""
    try:
        for told in event.model_validate_json(sample).records():
            told.to_json()
    except (ValidationError, TypeError) as error:
        return [Problem(event.type, "$", f"not_told_before: {type(error).__name__}")]
    return []


def _is_inherited(event: Event, method: str) -> bool:
    return not any(method in vars(base) for base in event.__mro__ if base is not PublicEvent)
