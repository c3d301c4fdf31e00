"""kairos protocols: test, submit, sign and publish protocols; dosing does the work."""

from __future__ import annotations

import typer

from kairos_cli.commands.shared import StateOption, pass_on, platform_of

_HELP = "Protocols: `test` needs no platform that runs. Exit code 1: unsound, 3: refused."


def register(app: typer.Typer) -> None:
    """Add the command."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("protocols", help=_HELP, context_settings=settings)(_protocols)


def _protocols(context: typer.Context, state: StateOption = None) -> None:
    pass_on(platform_of(state), "dosing", "protocols", *context.args)
