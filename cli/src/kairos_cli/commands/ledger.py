"""kairos ledger: verify and seal the controlled-substance ledgers; dosing does the work."""

from __future__ import annotations

import typer

from kairos_cli.commands.shared import StateOption, pass_on, platform_of

_HELP = "Controlled-substance ledgers: verify, seal. Exit code 0: intact, 1: tampered with."


def register(app: typer.Typer) -> None:
    """Add the command."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("ledger", help=_HELP, context_settings=settings)(_ledger)


def _ledger(context: typer.Context, state: StateOption = None) -> None:
    pass_on(platform_of(state), "dosing", "ledger", *context.args)
