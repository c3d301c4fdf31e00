"""A running platform whose services are of two releases, changed one by one."""

from __future__ import annotations

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from kairos_cli.options import PORT_NAMES, BrokerWish, Options
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_cli.state import State

from tests.contract.previous import Checkout

_HERE = Path(__file__).parent
_READY_S = 150.0


@dataclass(slots=True)
class PlatformOfTwo:
    """All services begin as those of the release before."""

    folder: Path
    previous: Checkout
    this: Checkout
    platform: Platform = field(init=False)
    # Linux ends a tied platform with the thread that started it.
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def __post_init__(self) -> None:
        self.platform = Platform(State(self.folder / "state"))

    def start(self) -> None:
        self._thread.submit(self._start).result()

    def _start(self) -> None:
        assert threading.current_thread() is not threading.main_thread()
        self._write(SERVICES, self.previous)
        program = (sys.executable, str(_HERE / "service_of_release.py"))
        self.platform.start(
            Options(
                broker=cast(BrokerWish, os.environ.get("KAIROS_TEST_BROKER", "auto")),
                ports=dict.fromkeys(PORT_NAMES, 0),
                tied=True,
                service_program=(*program, str(self.folder), "{service}"),
            )
        )

    def stop(self) -> None:
        self.platform.stop()
        self._thread.shutdown()

    def release(self, services: tuple[str, ...], checkout: Checkout) -> None:
        """Let these services run as those of a release, and wait until all is ready."""
        self._write(services, checkout)
        for service in services:
            process = self.platform.processes()[service].find()
            assert process is not None
            process.terminate()
            process.wait(_READY_S)
            self.platform.wait_ready(timeout_s=_READY_S)

    def play(self) -> dict[str, Any]:
        """Play the journey of the release before."""
        new = [s for s, path in self.sources().items() if path.startswith(str(self.this.folder))]
        words = (_HERE / "play_journey.py", str(self.platform.state.folder), ",".join(new))
        played: dict[str, Any] = json.loads(self.previous.run(*words))
        return played

    def parked(self) -> dict[str, list[Any]]:
        """The keys that wait, by service."""
        found = {}
        for service in SERVICES:
            done = self.platform.operate(service, "parked", "list", "--json")
            found[service] = json.loads(done.stdout)["keys"]
        return found

    def sources(self) -> dict[str, str]:
        """Where the process of each service found its code."""
        found = {}
        for service in SERVICES:
            process = self.platform.processes()[service].find()
            assert process is not None
            found[service] = process.environ()["PYTHONPATH"]
        return found

    def _write(self, services: tuple[str, ...], checkout: Checkout) -> None:
        for service in services:
            path = checkout.environment()["PYTHONPATH"]
            (self.folder / service).write_text(path, "utf-8")
