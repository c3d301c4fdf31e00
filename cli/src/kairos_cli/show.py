"""How the command says things to people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kairos_cli.status import ProcessStatus, Status

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def show_status(status: Status) -> None:
    """A platform as a table; a line when there is nothing to tabulate."""
    out.print(Text(f"Kairos is {status.phase}" + (f": {status.step}" if status.step else "")))
    if status.problem:
        out.print(Text(f"The last start failed. {status.problem}\n{status.advice}"))
    if not status.processes:
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("what", "where", "state", "pid", "restarts"):
        table.add_column(heading, header_style="dim", no_wrap=True)
    for process in status.processes:
        what = f"{process.name} ({status.broker})" if process.name == "broker" else process.name
        pid = "" if process.pid is None else str(process.pid)
        table.add_row(what, process.address, _state(process), pid, str(process.restarts))
    out.print(table)
    out.print(Text(f"Everything it keeps, and its logs, are in {status.state}", style="dim"))


def _state(process: ProcessStatus) -> Text:
    if process.ready:
        return Text("ready", style="green")
    if process.gave_up:
        return Text("given up, see its log", style="red")
    return Text("not ready" if process.pid else "being started again", style="yellow")
