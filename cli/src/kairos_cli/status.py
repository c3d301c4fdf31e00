"""What runs now, asked of the processes themselves."""

from __future__ import annotations

from dataclasses import dataclass

from kairos_local.broker.probe import probe
from kairos_local.ports import accepts

from kairos_cli.record import Phase, ProcessRecord, Record
from kairos_cli.services import SERVICES, ready
from kairos_cli.state import State

_PROBE_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStatus:
    """One process. `pid` is None when it is not running."""

    name: str
    pid: int | None
    ready: bool
    address: str
    restarts: int
    gave_up: bool
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The platform. `phase` is "down" when no supervisor runs; `problem` says why it failed."""

    state: str
    phase: str
    step: str = ""
    problem: str = ""
    advice: str = ""
    broker: str = ""
    broker_reason: str = ""
    bootstrap: str = ""
    processes: tuple[ProcessStatus, ...] = ()

    @property
    def well(self) -> bool:
        """Whether the platform is up and every process of it ready."""
        return self.phase == Phase.UP and all(process.ready for process in self.processes)


def look(state: State) -> Status:
    """The status of a state directory's platform."""
    record = Record.read(state)
    folder = str(state.folder)
    if record is None:
        return Status(state=folder, phase="down")
    if record.supervisor.find() is None:
        return Status(state=folder, phase="down", problem=record.problem, advice=record.advice)
    return Status(
        state=folder,
        phase=record.phase,
        step=record.step,
        broker=record.broker_kind,
        broker_reason=record.broker_reason,
        bootstrap=record.bootstrap,
        processes=tuple(_look(process) for process in record.processes),
    )


def _look(process: ProcessRecord) -> ProcessStatus:
    alive = process.identity is not None and process.identity.find() is not None
    return ProcessStatus(
        name=process.name,
        pid=process.identity.pid if process.identity is not None and alive else None,
        ready=alive and _answers(process),
        address=process.address,
        restarts=process.restarts,
        gave_up=process.gave_up,
        log=process.log,
    )


def _answers(process: ProcessRecord) -> bool:
    if process.name in SERVICES:
        return ready(process.address, timeout_s=_PROBE_TIMEOUT_S)
    port = int(process.address.rpartition(":")[2])
    return probe(port) is not None if process.name == "broker" else accepts(port)
