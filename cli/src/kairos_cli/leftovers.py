"""Ends what a killed supervisor left: by recorded pid and start time, never by name."""

from __future__ import annotations

from kairos_cli.record import Record
from kairos_cli.state import State

_PATIENCE_S = 15.0


def end_leftovers(state: State) -> list[str]:
    """End every recorded process that still runs, services first. Returns their names.

    Call it only while holding the state's lock, or after its supervisor is gone.
    """
    record = Record.read(state)
    if record is None:
        return []
    ended = []
    for process in reversed(record.processes):
        if process.identity and process.identity.end(patience_s=_PATIENCE_S):
            ended.append(process.name)
    return ended
