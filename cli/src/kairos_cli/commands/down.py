"""kairos down"""

from __future__ import annotations

import typer

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.show import err, out


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("down")(down)


def down(state: StateOption = None) -> None:
    """End everything in order. The data stay."""
    platform = platform_of(state)
    with err.status("Ending"):
        ended = platform.stop()
    out.print("Kairos is down." if ended else "Nothing was running.")
