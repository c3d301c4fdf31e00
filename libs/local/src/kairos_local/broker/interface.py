"""What a broker on this machine is, whichever it is. Clients never ask."""

from __future__ import annotations

from typing import Literal, Protocol

from kairos_local.processes import LocalProcess

Kind = Literal["kafka", "tansu"]


class Broker(LocalProcess, Protocol):
    """A single-node broker on 127.0.0.1, on the same port over restarts."""

    @property
    def kind(self) -> Kind: ...

    @property
    def bootstrap(self) -> str:
        """host:port, for clients."""
        ...

    @property
    def idempotence(self) -> bool:
        """Whether producers may turn `enable_idempotence` on (KAIROS_KAFKA_IDEMPOTENCE)."""
        ...

    @property
    def durable(self) -> bool:
        """Whether records survive the end of the process. If not, its cluster id changes."""
        ...

    def start(self) -> None:
        """Spawn and wait until it serves. Raises CannotStart."""
        ...
