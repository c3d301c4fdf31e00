"""The audience at a terminal, and the one that reads JSON lines."""

from __future__ import annotations

import dataclasses
import json
import sys

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from kairos_cli.demo.stage import Step


class Screen:
    """A live table at a terminal; plain lines where there is none."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def scene(self, title: str) -> None:
        """A heading."""
        self._console.print()
        self._console.rule(Text(title, style="bold"), align="left")

    def begins(self, step: Step) -> None:
        """Show the step at work."""
        if self._console.is_terminal:
            self._live = Live(_row(step, done=False), console=self._console, transient=True)
            self._live.start()

    def ends(self, step: Step) -> None:
        """Show how it went."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._console.print(_row(step, done=True))


class JsonLines:
    """One JSON object a step, for machines."""

    def scene(self, title: str) -> None:
        """A heading."""
        self._say({"scene": title})

    def begins(self, step: Step) -> None:
        """Nothing to say yet."""

    def ends(self, step: Step) -> None:
        """The step as it went."""
        self._say(dataclasses.asdict(step) | {"at": step.at.isoformat()})

    @staticmethod
    def _say(line: dict[str, object]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def _row(step: Step, *, done: bool) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=3, justify="right", style="dim")
    table.add_column(width=12, style="cyan")
    table.add_column(width=9)
    table.add_column(ratio=3)
    table.add_column(ratio=4)
    table.add_column(width=40, style="magenta")
    mark = Text("…", style="yellow")
    answer = Text(step.answered)
    if done:
        mark = Text("off", style="bold red") if step.fault else Text("ok", style="green")
        answer = Text(step.fault, style="red") if step.fault else answer
    events = "\n".join(f"→ {kind}" for kind in step.events)
    when = step.at.strftime("%d %b %H:%M")
    table.add_row(str(step.number), when, step.who, step.asked, mark + " " + answer, events)
    return table
