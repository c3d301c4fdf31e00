"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
