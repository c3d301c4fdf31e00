"""Apache Kafka as a single KRaft node: what production runs, at the size of one machine."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import uuid
from pathlib import Path

from kairos_local.broker.interface import Kind
from kairos_local.broker.java import java
from kairos_local.broker.kafka_jars import FILES, class_path, resolve_jars
from kairos_local.broker.probe import probe
from kairos_local.errors import CannotStart
from kairos_local.ports import LOOPBACK, free_port
from kairos_local.processes import Child, start

_START_TIMEOUT_S = 90.0
_FORMAT_TIMEOUT_S = 60
_STOP_PATIENCE_S = 20.0
_JAVA_OPTIONS = (
    "-Xms192m",
    "-Xmx512m",
    # One node on a machine shared with everything else: start soon, stay small.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Djava.awt.headless=true",
    f"-Dlog4j2.configurationFile={FILES / 'log4j2.properties'}",
)


class KafkaBroker:
    """A Kafka broker with its data in `data_dir`; they survive `stop` and kill -9."""

    name = "broker"
    kind: Kind = "kafka"
    idempotence = True
    durable = True

    def __init__(self, data_dir: Path, *, log: Path, port: int | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self.log = log
        self.port = port or free_port()
        self._controller_port = free_port()
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
        """Start without waiting. The first time of all it fetches the jars and formats the folder.

        Raises CannotStart when Java or the jars cannot be had.
        """
        self.stop()
        command = [str(java()), *_JAVA_OPTIONS, "-cp", class_path(resolve_jars())]
        records = self.data_dir / "records"
        records.mkdir(mode=0o700, parents=True, exist_ok=True)
        properties = self._write_properties(records)
        if not (records / "meta.properties").exists():
            self._format(command, properties)
        self._child = Child(
            [*command, "kafka.Kafka", str(properties)],
            log=self.log,
            environment=_environment(),
            death_signal=signal.SIGTERM,
        )

    def ready(self) -> bool:
        return self.alive() and probe(self.port) is not None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def stop(self) -> None:
        """A clean shutdown, which spares the next start a recovery of its logs."""
        if self._child is not None:
            self._child.stop(signal.SIGTERM, patience_s=_STOP_PATIENCE_S)

    def _write_properties(self, records: Path) -> Path:
        if self._controller_port == self.port:
            self._controller_port = free_port()
        own = {
            "listeners": f"PLAINTEXT://{self.bootstrap},"
            f"CONTROLLER://{LOOPBACK}:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.quorum.voters": f"1@{LOOPBACK}:{self._controller_port}",
            "log.dirs": str(records),
        }
        path = self.data_dir / "server.properties"
        lines = [f"{key}={value}" for key, value in (_SERVER | own).items()]
        path.write_text("\n".join(lines) + "\n")
        return path

    def _format(self, command: list[str], properties: Path) -> None:
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        # One word with its option: an id may begin with a dash.
        tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}"]
        tool += ["-c", str(properties)]
        done = subprocess.run(  # noqa: S603 - our own command line, no shell
            [*command, *tool],
            capture_output=True,
            text=True,
            timeout=_FORMAT_TIMEOUT_S,
            env=_environment(),
            check=False,
        )
        if done.returncode != 0:
            raise CannotStart(
                "Kafka could not format its data folder.",
                (done.stdout + done.stderr)[-1500:],
            )


_SERVER = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    # Topics are made from the registry, with their partitions; a typing error makes none.
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    # After a kill -9 the controller keeps the old broker's place until its session ends, by default
    # 9 s, and the new one waits. Both are one process here: no network to be patient with.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    # One node: one replica of everything, and few partitions of what Kafka keeps for itself.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
}


def _environment() -> dict[str, str]:
    """This process's environment without what would change the broker's Java behind our back."""
    unwanted = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}
