"""kairos clock"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from kairos_cli.clock import PlatformClock
from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.durations import parse_duration

_clock = typer.Typer(
    help="The platform's time. It can be moved here, and nowhere that patients are treated.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_clock, name="clock")


@_clock.command()
def show(state: StateOption = None) -> None:
    """Print the platform's time."""
    clock = platform_of(state).clock
    _print(clock, clock.now())


@_clock.command("set")
def set_(
    instant: Annotated[str, typer.Argument(help="ISO 8601 with a zone: 2026-03-02T09:00:00Z")],
    state: StateOption = None,
) -> None:
    """Make it this instant; time runs on from there."""
    clock = _movable(state)
    try:
        _print(clock, clock.set(datetime.fromisoformat(instant)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@_clock.command(context_settings={"ignore_unknown_options": True})  # -2h is not an option
def advance(
    by: Annotated[str, typer.Argument(help="90s, 15m, 1h30m, 2d; -15m goes back.")],
    state: StateOption = None,
) -> None:
    """Move time on."""
    clock = _movable(state)
    try:
        _print(clock, clock.advance(parse_duration(by)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@_clock.command()
def reset(state: StateOption = None) -> None:
    """Go by the machine's time again."""
    clock = _movable(state)
    _print(clock, clock.reset())


def _movable(state: StateOption) -> PlatformClock:
    platform = platform_of(state)
    platform.state.create()
    return platform.clock


def _print(clock: PlatformClock, now: datetime) -> None:
    offset = clock.offset
    typer.echo(now.isoformat(timespec="milliseconds") + (f" ({offset} ahead)" if offset else ""))
