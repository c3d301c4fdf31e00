"""kairos events: the published language's own tool, under the platform's command."""

from __future__ import annotations

from typing import Annotated

import typer
from kairos_events.__main__ import main as run

WORDS = "new|bless|check|diff|list|docs"
_AS_GIVEN = {"ignore_unknown_options": True, "help_option_names": []}


def register(app: typer.Typer) -> None:
    """Add the command. All words go on as they are, `--help` too."""
    app.command("events", context_settings=_AS_GIVEN)(events)


def events(
    words: Annotated[
        list[str] | None, typer.Argument(metavar=f"{WORDS} ...", show_default=False)
    ] = None,
) -> None:
    """The public events: make, bless, check, compare, list, document. `kairos events --help`."""
    raise typer.Exit(run(words or ["--help"], program="kairos events"))
