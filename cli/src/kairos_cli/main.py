"""The `kairos` command. Each command is a module with a function `register(app)`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module

import typer
from kairos_local.errors import CannotStart
from rich.text import Text

from kairos_cli.show import err

COMMANDS = (
    "kairos_cli.commands.up",
    "kairos_cli.commands.status",
    "kairos_cli.commands.down",
    "kairos_cli.commands.token",
    "kairos_cli.commands.clock",
    "kairos_cli.commands.topics",
    "kairos_cli.commands.events",
    "kairos_cli.commands.logs",
    "kairos_cli.commands.parked",
    "kairos_cli.commands.replay",
    "kairos_cli.commands.audit",
    "kairos_cli.commands.rules",
    "kairos_cli.commands.protocols",
    "kairos_cli.commands.ledger",
    "kairos_cli.commands.records",
    "kairos_cli.demo.command",
)

app = typer.Typer(
    name="kairos",
    help="Kairos on one machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def register(modules: Iterable[str] = COMMANDS) -> None:
    """Let each module add its commands."""
    for name in modules:
        import_module(name).register(app)


def main() -> None:
    """Run the command; what a person can mend is said in words, with exit code 1."""
    try:
        app()
    except CannotStart as error:
        err.print(Text(error.problem, style="bold red"))
        err.print(Text(error.advice))
        sys.exit(1)


register()
