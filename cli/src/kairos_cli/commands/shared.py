"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kairos_cli.platform import Platform
from kairos_cli.state import State, default_state

StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        help="Where the platform keeps everything; default: $KAIROS_STATE, else .kairos here.",
        show_default=False,
    ),
]


def platform_of(state: Path | None) -> Platform:
    """The platform of the folder given, or of the default one."""
    return Platform(State(state.absolute() if state is not None else default_state()))


def pass_on(platform: Platform, service: str, *words: str) -> NoReturn:
    """Run a service's own verb, say what it says, and end as it ends."""
    done = platform.operate(service, *words)
    typer.echo(done.stdout, nl=False)
    typer.echo(done.stderr, nl=False, err=True)
    raise typer.Exit(done.returncode)
