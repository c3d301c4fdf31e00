"""What a partner reads, as JSON Schemas of its own, against every version that may be written."""

import dataclasses
import json
from typing import Any

from kairos_events.compatibility import reading_problems
from kairos_events.contract_files import packaged
from kairos_events.problem import Problem
from kairos_events.registry import events


class ReadsError(ValueError):
    """A file that does not say what is read."""


def reads_problems(text: str) -> list[Problem]:
    """Hold `[{"type": "dosing.dose_administered.v1", "schema": {...}}]` against all versions.

    Raises ReadsError. Empty means: whatever Kairos writes of these types, the schemas accept.
    """
    found = []
    for entry in _entries(text):
        event_type, wanted = entry["type"], entry["schema"]
        if event_type not in events():
            found.append(Problem(event_type, "$", "no_such_event"))
            continue
        for version, writer in packaged().blessed(event_type).items():
            found += [
                dataclasses.replace(one, version=version, reader="yours")
                for one in reading_problems(event_type, writer, wanted)
            ]
    return found


def _entries(text: str) -> list[dict[str, Any]]:
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ReadsError(f"not JSON: {error}") from error
    if not isinstance(entries, list) or not all(
        isinstance(one, dict) and one.keys() == {"type", "schema"} for one in entries
    ):
        raise ReadsError('not a list of {"type": ..., "schema": ...}')
    return entries
