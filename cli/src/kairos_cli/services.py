"""The four services, their ports, and what each is told by its environment."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from kairos_local.ports import LOOPBACK
from kairos_local.processes import Child

DEFAULT_PORTS = {"intake": 8101, "scheduling": 8102, "dosing": 8103, "integration": 8104}
SERVICES = tuple(DEFAULT_PORTS)
AUDIENCE = "kairos"
ISSUER = "https://issuer.kairos.localhost"

# What a person may set for the whole platform; every other KAIROS_ variable is the launcher's.
_PASSED_ON = frozenset(
    {
        "KAIROS_OTLP_ENDPOINT",
        "KAIROS_PARTNERS_FILE",
        "KAIROS_PUBLIC_URL",
        "KAIROS_TRACE_RATIO",
        "KAIROS_LOG_LEVEL",
        "KAIROS_RATE_LIMIT_PER_MINUTE",
    }
)
_PROBE_TIMEOUT_S = 0.5
_STOP_PATIENCE_S = 15.0  # longer than the 10 s a service gives its last requests


def base_environment() -> dict[str, str]:
    """This process's environment without settings meant for other Kairos processes."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KAIROS_") or name in _PASSED_ON
    }
    return kept | {"PYTHONUNBUFFERED": "1"}


def ready(url: str, *, timeout_s: float = _PROBE_TIMEOUT_S) -> bool:
    """Whether the service at this address says it is ready for traffic."""
    try:
        return httpx.get(f"{url}/healthz/ready", timeout=timeout_s, trust_env=False).is_success
    except httpx.HTTPError:
        return False


class ServiceProcess:
    """One service as a process of this machine: `serve`, with its worker in the same process."""

    def __init__(
        self,
        name: str,
        *,
        command: Sequence[str],
        environment: Mapping[str, str],
        port: int,
        log: Path,
    ) -> None:
        self.name = name
        self.port = port
        self.log = log
        self._command = list(command)
        self._environment = base_environment() | dict(environment)
        self._child: Child | None = None

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self._child.alive() else None

    def spawn(self) -> None:
        self.stop()
        self._child = self._run("serve")

    def migrate(self) -> Child:
        """Start its migrations, which end by themselves."""
        return self._run("migrate")

    def _run(self, verb: str) -> Child:
        return Child([*self._command, verb], log=self.log, environment=self._environment)

    def ready(self) -> bool:
        return self.alive() and ready(self.address)

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def begin_stop(self) -> None:
        """Ask it to end, without waiting, so that several can end at once."""
        if self._child is not None:
            self._child.send(signal.SIGTERM)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop(signal.SIGTERM, patience_s=_STOP_PATIENCE_S)
