"""kairos identity, kairos retention: whose record is sealed, erased again or due; intake does it.

Both are asked of the running platform, and are in intake's audit trail before anything is read.
"""

from __future__ import annotations

import typer

from kairos_cli.commands.shared import StateOption, pass_on, platform_of

_IDENTITY = "Who patients are: seal (after an upgrade), erase-again (in a restored copy)."
_RETENTION = "How long charts are kept: show, due. Exit code 1: some are due and were not erased."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("identity", help=_IDENTITY, context_settings=settings)(_identity)
    app.command("retention", help=_RETENTION, context_settings=settings)(_retention)


def _identity(context: typer.Context, state: StateOption = None) -> None:
    pass_on(platform_of(state), "intake", "identity", *context.args)


def _retention(context: typer.Context, state: StateOption = None) -> None:
    pass_on(platform_of(state), "intake", "retention", *context.args)
