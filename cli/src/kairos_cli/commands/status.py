"""kairos status"""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.show import show_status

_DOWN = 3  # as `systemctl status` and `service … status` say it


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    state: StateOption = None,
) -> None:
    """What runs, and whether it is ready. Exit code 0: all well, 1: not, 3: down."""
    found = platform_of(state).status()
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found) | {"well": found.well}, indent=1))
    else:
        show_status(found)
    if not found.well:
        raise typer.Exit(_DOWN if found.phase == "down" else 1)
