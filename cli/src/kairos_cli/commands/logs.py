"""kairos logs"""

from __future__ import annotations

from typing import Annotated

import typer
from kairos_local.errors import CannotStart
from kairos_local.processes import tail

from kairos_cli.commands.shared import StateOption, platform_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("logs")(logs)


def logs(
    name: Annotated[str, typer.Argument(help="A service, postgres, broker or supervisor.")],
    lines: Annotated[int, typer.Option("--lines", "-n", min=1)] = 40,
    state: StateOption = None,
) -> None:
    """Print the end of a process's log."""
    log = platform_of(state).state.log(name)
    if not log.exists():
        known = ", ".join(sorted(path.stem for path in log.parent.glob("*.log")))
        raise CannotStart(f"There is no log of {name}.", f"There are: {known or 'none yet'}.")
    typer.echo(tail(log, lines=lines))
