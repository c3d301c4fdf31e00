"""`docs`: write the readers' manifest, the catalogue, the AsyncAPI document and the overview."""

import argparse
from pathlib import Path

from kairos_events.commands.common import Commands, files_of, say
from kairos_events.commands.documents import CATALOGUE, documents, manifests


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser("docs", help="write readers' manifest, catalogue, AsyncAPI")
    add_catalogue(command)


def add_catalogue(command: argparse.ArgumentParser) -> None:
    """Let a command be told where the catalogue is; the AsyncAPI document is beside it."""
    command.add_argument(
        "--catalogue", type=Path, default=CATALOGUE, help=f"its file (default: {CATALOGUE})"
    )


def run(given: argparse.Namespace) -> int:
    """Write them; returns 0. The manifests come first, since the catalogue tells who reads."""
    files = files_of(given)
    for manifest in manifests(files).values():
        manifest.write()
        say(f"wrote {manifest.path.name} of the readers' manifest")
    for document in documents(files, given.catalogue):
        document.write()
        say(f"wrote {document.path}")
    return 0
