"""The files that fix the contract: blessed schemas and golden samples, which only ever grow, and
the manifest of the readers that rely on them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kairos_events.manifest import Reading, read_manifest
from kairos_events.model import PublicEvent
from kairos_events.schema import Schema, blessed_schema, file_text, hash_of


@dataclass(frozen=True, slots=True)
class ContractFiles:
    """`schemas/<type>/<hash>.json` and `examples/<type>.json`, `examples/<type>.<what>.json`."""

    root: Path

    @property
    def schemas(self) -> Path:
        """Where the blessed schemas are."""
        return self.root / "schemas"

    @property
    def examples(self) -> Path:
        """Where the golden samples are."""
        return self.root / "examples"

    @property
    def readers(self) -> Path:
        """Where the readers' manifest is."""
        return self.root / "readers"

    def readings(self) -> list[Reading]:
        """Return what every reader reads, by the manifest."""
        return read_manifest(self.readers)

    def blessed(self, event_type: str) -> dict[str, Schema]:
        """Return every blessed schema of an event by the hash in its file name."""
        found = sorted((self.schemas / event_type).glob("*.json"))
        return {path.stem: json.loads(path.read_text("utf-8")) for path in found}

    def samples(self, event_type: str) -> dict[str, bytes]:
        """Return every golden sample of an event by file name."""
        found = [*self.examples.glob(f"{event_type}.json")]
        found += sorted(self.examples.glob(f"{event_type}.*.json"))
        return {path.name: path.read_bytes() for path in found}

    def strangers(self, known: set[str]) -> list[str]:
        """Return what is here for no known event type, by name."""
        odd = [path.name for path in self.schemas.iterdir() if path.name not in known]
        for path in self.examples.iterdir():
            base = path.name.removesuffix(".json")
            if base not in known and base.rpartition(".")[0] not in known:
                odd.append(path.name)
        return sorted(odd)

    def bless(self, event: type[PublicEvent]) -> Path | None:
        """Write the event's schema as blessed; return its file, or None if it already was.

        An existing file is never written to.
        """
        schema = blessed_schema(event.type, event)
        path = self.schemas / event.type / f"{hash_of(schema)}.json"
        if path.exists():
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(file_text(schema))
        return path


def packaged() -> ContractFiles:
    """Return the contract files that ship inside this package."""
    return ContractFiles(Path(__file__).parent)


def fields_of(sample: bytes) -> dict[str, Any]:
    """Return a sample's fields. Raises `ValueError` when it is not a JSON object."""
    value = json.loads(sample)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value
