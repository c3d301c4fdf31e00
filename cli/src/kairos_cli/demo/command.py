"""kairos demo"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kairos_cli.commands.shared import StateOption
from kairos_cli.demo.journey import COURSE, WHOLE, Played, play
from kairos_cli.demo.screen import JsonLines, Screen
from kairos_cli.demo.stage import Audience
from kairos_cli.leftovers import end_leftovers
from kairos_cli.options import PORT_NAMES, BrokerWish, Options
from kairos_cli.platform import Platform
from kairos_cli.show import err, out
from kairos_cli.state import State, default_state

_WIDTH = 160


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    broker: Annotated[
        BrokerWish, typer.Option(help="auto: Kafka where Java and Maven are there, else Tansu.")
    ] = "auto",
    postgres: Annotated[
        str | None, typer.Option(metavar="URL", help="Use a PostgreSQL server of yours.")
    ] = None,
    state: StateOption = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a step.")] = False,
) -> None:
    """Play one patient's whole way through all four services, then stop everything.

    Days -14 to 90, six doses at two clinics, and the proof that every promise was kept; then the
    same course once more, planned and booked by one call.
    """
    folder = (state or default_state()) / "demo"
    began = time.monotonic()
    _clear(folder)
    platform = Platform(State(folder))
    options = Options(
        broker=broker,
        postgres_url=postgres,
        ports=dict.fromkeys(PORT_NAMES, 0),
        tied=True,
    )
    # A pipe has no width of its own; the table needs some room.
    console = out if out.is_terminal else Console(width=_WIDTH, highlight=False)
    audience: Audience = JsonLines() if json else Screen(console)
    try:
        with err.status("Starting the platform") as spinner:
            started = platform.start(options, on_step=spinner.update)
        err.print(f"The platform is up, on {started.broker}, in {time.monotonic() - began:.0f} s.")
        playings = [play(platform, audience, acts=WHOLE)]
        if playings[0].well:
            playings.append(play(platform, audience, acts=COURSE))
    finally:
        platform.stop()
        end_leftovers(platform.state)
    played = playings[-1]
    if not json:
        _summary(playings, time.monotonic() - began)
    if not played.well:
        err.print(Text(f"The journey went wrong: {played.fault}", style="bold red"))
        err.print(f"What the processes said is in {platform.state.logs}.")
        raise typer.Exit(1)


def _clear(folder: Path) -> None:
    """End what a killed demo left, and start from nothing."""
    if folder.exists():
        end_leftovers(State(folder))
        shutil.rmtree(folder)


def _summary(playings: list[Played], seconds: float) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    steps = [step for played in playings for step in played.steps]
    well = sum(1 for step in steps if not step.fault)
    table.add_row("steps as expected", f"{well} of {len(steps)}")
    table.add_row("public events crossed", str(sum(len(one.events) for one in playings)))
    table.add_row("requests repeated", str(sum(one.request_repeats for one in playings)))
    table.add_row("records delivered again", str(sum(one.event_repeats for one in playings)))
    table.add_row("time", f"{seconds:.0f} s, nothing left running")
    out.print()
    out.rule("Summary", align="left")
    out.print(table)
