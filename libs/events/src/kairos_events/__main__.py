"""`python -m kairos_events new|bless|check|diff|list|docs`: keep the published language."""

import argparse
import sys
from pathlib import Path

from kairos_events.commands import bless, check, diff, docs, listing, new
from kairos_events.commands.common import PROGRAM

_RUN = {
    "new": new.run,
    "bless": bless.run,
    "check": check.run,
    "diff": diff.run,
    "list": listing.run,
    "docs": docs.run,
}


def main(arguments: list[str] | None = None, *, program: str = PROGRAM) -> int:
    """Run one command; return 0 when all is well, 1 when a rule is broken, 2 for a wrong call."""
    given = _parser(program).parse_args(arguments)
    return _RUN[given.command](given)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description=__doc__)
    parser.add_argument(
        "--root",
        type=Path,
        help="folder with schemas/, examples/ and readers/ (default: this package)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for module in (new, bless, check, diff, listing, docs):
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
