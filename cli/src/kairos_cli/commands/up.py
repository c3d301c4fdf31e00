"""kairos up"""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer
from kairos_local.errors import CannotStart
from rich.text import Text

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.options import PORT_NAMES, BrokerWish, Options
from kairos_cli.platform import AlreadyUp, Platform
from kairos_cli.show import err, out, show_status

_HIGHEST_PORT = 65535


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(up)


def up(
    broker: Annotated[
        BrokerWish, typer.Option(help="auto: Kafka where Java and Maven are there, else Tansu.")
    ] = "auto",
    postgres: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="KAIROS_POSTGRES_URL",
            show_envvar=True,
            help="A server of yours: postgresql://admin:password@host:5432/postgres.",
        ),
    ] = None,
    port: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=NUMBER",
            help=f"Another port; may be repeated. Names: {', '.join(PORT_NAMES)}; 0: any.",
        ),
    ] = None,
    foreground: Annotated[
        bool, typer.Option("--foreground/--detach", help="Stay until Ctrl-C, then end it all.")
    ] = False,
    state: StateOption = None,
) -> None:
    """Start everything on this machine: PostgreSQL, a broker and the four services."""
    platform = platform_of(state)
    options = Options(
        broker=broker, postgres_url=postgres, ports=_ports(port or []), tied=foreground
    )
    try:
        with err.status("Starting") as spinner:
            result = platform.start(options, on_step=spinner.update)
    except AlreadyUp:
        err.print("Kairos runs already from this state directory. `kairos down` ends it.")
        result = platform.status()
    show_status(result)
    if result.broker == "tansu":
        line = f"Tansu keeps records in memory only ({result.broker_reason})."
        out.print(Text(line, style="dim"))
    if foreground and result.well:
        _stay(platform)
    if not result.well:
        raise typer.Exit(1)


def _ports(pairs: list[str]) -> dict[str, int]:
    ports = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        if name not in PORT_NAMES or not number.isdigit() or int(number) > _HIGHEST_PORT:
            raise typer.BadParameter(
                f"{pair!r} is not NAME=NUMBER with one of {', '.join(PORT_NAMES)}",
                param_hint="--port",
            )
        ports[name] = int(number)
    return ports


def _stay(platform: Platform) -> None:
    out.print("Ctrl-C ends it.")
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    while platform.running and not told.wait(timeout=1):
        continue
    with err.status("Ending"):
        platform.stop()
    if not told.is_set():
        raise CannotStart("The supervisor ended by itself.", "`kairos logs supervisor` says why.")
