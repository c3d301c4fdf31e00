"""The readers' manifest: who reads which field of what, in which versions.

Written by `python -m kairos_events docs` from the readers that the services declare, one file a
service, and committed: so a change of an event can name whom it breaks without any service.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kairos_events.compatibility import field_paths
from kairos_events.model import Reader
from kairos_events.schema import Schema, contract


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader of one service reads."""

    service: str
    reader: str
    """The name of its class."""
    versions: tuple[str, ...]
    """The wire types it reads, the oldest first; its schema is about the last of them."""
    fields: tuple[str, ...]
    """The path of every field it uses."""
    schema: Schema

    @property
    def type(self) -> str:
        """The wire type that the reader is written for."""
        return self.versions[-1]

    @property
    def name(self) -> str:
        """How problems call it, e.g. `intake.SessionAborted`."""
        return f"{self.service}.{self.reader}"


def reading_of(service: str, reader: type[Reader]) -> Reading:
    """Return what a reader reads. Raises `SchemaShapeError` for one without bounded size."""
    wanted = contract(reader, "validation")
    return Reading(
        service, reader.__name__, reader.supported(), tuple(sorted(field_paths(wanted))), wanted
    )


def manifest_text(readings: Iterable[Reading]) -> str:
    """Write the readings of one service as they stand in their file."""
    entries = [
        {
            "reader": one.reader,
            "versions": list(one.versions),
            "reads": list(one.fields),
            "schema": one.schema,
        }
        for one in readings
    ]
    return json.dumps({"readers": entries}, sort_keys=True, indent=2) + "\n"


def read_manifest(folder: Path) -> list[Reading]:
    """Read the manifest of every service; none where there is no such folder."""
    return [
        Reading(
            path.stem,
            entry["reader"],
            tuple(entry["versions"]),
            tuple(entry["reads"]),
            entry["schema"],
        )
        for path in sorted(folder.glob("*.json"))
        for entry in json.loads(path.read_text("utf-8"))["readers"]
    ]


def readings_by_field(readings: Sequence[Reading], event_type: str) -> Mapping[str, list[str]]:
    """Return which services read each field of one version of an event."""
    found: dict[str, set[str]] = {}
    for one in readings:
        if event_type == one.type:
            for path in one.fields:
                found.setdefault(path, set()).add(one.service)
    return {path: sorted(services) for path, services in found.items()}
