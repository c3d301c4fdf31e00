"""platform.json: what runs where, as the supervisor last wrote it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from enum import StrEnum

from kairos_local.processes import ProcessIdentity

from kairos_cli.files import write_whole
from kairos_cli.state import State


class Phase(StrEnum):
    """How far the platform is."""

    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRecord:
    """One process of the platform. `restarts` counts since `up`; `gave_up` says it stays dead."""

    name: str
    identity: ProcessIdentity | None
    address: str
    log: str
    restarts: int = 0
    gave_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The platform as a whole. `problem` and `advice` are set when the phase is failed.

    `admin_url` is the database server's, with its password: the file is for its owner only.
    """

    supervisor: ProcessIdentity
    phase: Phase
    step: str = ""
    problem: str = ""
    advice: str = ""
    broker_kind: str = ""
    broker_reason: str = ""
    bootstrap: str = ""
    admin_url: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    processes: tuple[ProcessRecord, ...] = ()

    def write(self, state: State) -> None:
        """Replace the file."""
        write_whole(state.record_file, json.dumps(dataclasses.asdict(self), indent=1))

    @classmethod
    def read(cls, state: State) -> Record | None:
        """The last one written; None if there never was one, or none this version can read."""
        try:
            stored = json.loads(state.record_file.read_text())
            stored["supervisor"] = ProcessIdentity(**stored["supervisor"])
            stored["phase"] = Phase(stored["phase"])
            stored["processes"] = tuple(_process(entry) for entry in stored["processes"])
            return cls(**stored)
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None


def _process(entry: dict[str, object]) -> ProcessRecord:
    identity = entry.pop("identity")
    known = ProcessIdentity(**identity) if isinstance(identity, dict) else None
    return ProcessRecord(identity=known, **entry)  # type: ignore[arg-type]  # checked by read
