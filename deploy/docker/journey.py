"""Play one patient's journey against the composed platform, from inside its network.

  init    the issuer's key, dosing's token and the clock, where the services read them
  play    the journey; exit 0 if every step went as expected, 1 if not

Runs in the image of journey.Dockerfile; docs/runbooks/prove.md says how.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from kairos_cli.demo.journey import play
from kairos_cli.demo.screen import Screen
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from kairos_cli.state import State
from rich.console import Console

HOME: Final = Path("/var/lib/kairos/issuer")
_WIDTH: Final = 160
_PATIENCE_SECONDS: Final = 60.0


class Composed(Platform):
    """The platform under its names inside compose; clock and issuer are the CLI's own."""

    @property
    def urls(self) -> dict[str, str]:
        """Where each service answers."""
        return {service: f"http://{service}-api:8080" for service in SERVICES}

    @property
    def bootstrap(self) -> str:
        """Where the broker answers."""
        return os.environ["KAIROS_KAFKA_BOOTSTRAP"]


def init(platform: Platform) -> None:
    """Leave what the services read: the key set, dosing's token, the clock at machine time."""
    platform.state.create()
    platform.clock.reset()


def show(platform: Platform, patience_s: float) -> int:
    """Play the journey and say how it went."""
    console = Console(width=_WIDTH, highlight=False)
    played = play(platform, Screen(console), patience_s=patience_s)
    well = sum(1 for step in played.steps if not step.fault)
    console.print(
        f"{well} of {len(played.steps)} steps as expected, {len(played.events)} public events, "
        f"{played.request_repeats} requests repeated, "
        f"{played.event_repeats} records delivered again"
    )
    if not played.well:
        console.print(f"The journey went wrong: {played.fault}")
    return 0 if played.well else 1


def main(arguments: list[str]) -> int:
    """Run a verb."""
    parser = argparse.ArgumentParser(prog="journey", description="Prove a composed platform.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("init")
    played = verbs.add_parser("play")
    played.add_argument(
        "--patience",
        type=float,
        default=_PATIENCE_SECONDS,
        metavar="SECONDS",
        help="how long an unanswered request is repeated and an effect is waited for",
    )
    asked = parser.parse_args(arguments)
    platform = Composed(State(HOME))
    if asked.verb == "init":
        init(platform)
        return 0
    return show(platform, asked.patience)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
