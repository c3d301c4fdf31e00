"""Which broker: the one asked for, or the best this machine can run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kairos_local.broker.interface import Broker, Kind
from kairos_local.broker.java import java
from kairos_local.broker.kafka import KafkaBroker
from kairos_local.broker.kafka_jars import resolve_jars
from kairos_local.broker.tansu import TansuBroker, tansu_binary
from kairos_local.errors import CannotStart


@dataclass(frozen=True, slots=True)
class Choice:
    """A broker this machine can run, with everything it needs fetched, and why this one."""

    kind: Kind
    reason: str


def choose(wanted: Literal["auto", "kafka", "tansu"]) -> Choice:
    """Check that the wanted broker can run; `auto` takes Kafka where it can, else Tansu.

    Fetches Kafka's jars if need be, which can take minutes the first time. Raises CannotStart, with
    what to install, when an explicit wish cannot be met.
    """
    if wanted == "tansu":
        tansu_binary()
        return Choice("tansu", "asked for")
    try:
        java()
        resolve_jars()
    except CannotStart as missing:
        if wanted == "kafka":
            raise
        tansu_binary()
        return Choice("tansu", missing.problem.splitlines()[0])
    return Choice("kafka", "asked for" if wanted == "kafka" else "Java and Maven are here")


def make_broker(kind: Kind, *, data_dir: Path, log: Path, port: int | None = None) -> Broker:
    """A broker of this kind, not yet started. Tansu keeps nothing in `data_dir`."""
    if kind == "kafka":
        return KafkaBroker(data_dir, log=log, port=port)
    return TansuBroker(log=log, port=port)


@contextmanager
def ephemeral_broker(wanted: Literal["auto", "kafka", "tansu"] = "auto") -> Iterator[Broker]:
    """A fresh, running broker in a temporary folder, gone afterwards. For tests and benchmarks."""
    folder = Path(tempfile.mkdtemp(prefix="kairos-broker-"))
    broker = make_broker(choose(wanted).kind, data_dir=folder, log=folder / "broker.log")
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(folder)
