"""What one `kairos up` asked for."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kairos_cli.files import write_whole
from kairos_cli.services import DEFAULT_PORTS
from kairos_cli.state import State

BrokerWish = Literal["auto", "kafka", "tansu"]
PORT_NAMES = (*DEFAULT_PORTS, "postgres", "broker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run a platform. A port of 0, or of a name not given, is any free one for PostgreSQL
    and the broker; for a service 0 is any free one, and not given is its default.

    `postgres_url` is a server of the user's, reached as one who may create roles and databases.
    `tied` ends the platform when the process that started it ends, however it ends.
    `service_program` is what runs a service's verbs; `{service}` stands for its name.
    """

    broker: BrokerWish = "auto"
    postgres_url: str | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    tied: bool = False
    service_program: tuple[str, ...] = (sys.executable, "-m", "{service}")

    def port(self, name: str) -> int:
        """The wanted port of a service, `postgres` or `broker`; 0 for any free one."""
        return self.ports.get(name, DEFAULT_PORTS.get(name, 0))

    def program(self, service: str) -> list[str]:
        """The command that takes a verb of this service."""
        return [word.format(service=service) for word in self.service_program]

    def write(self, state: State) -> None:
        """Leave it for the supervisor, in a file: an address can hold a password."""
        write_whole(state.options_file, json.dumps(dataclasses.asdict(self)))

    @classmethod
    def read(cls, state: State) -> Options:
        """What `write` left."""
        stored = json.loads(state.options_file.read_text())
        stored["service_program"] = tuple(stored["service_program"])
        return cls(**stored)
