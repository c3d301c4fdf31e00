"""What the commands share: where things are, and how they say what they found."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kairos_events.contract_files import ContractFiles, packaged
from kairos_events.problem import Problem

PROGRAM = "python -m kairos_events"
REFUSED = 1

Commands = argparse._SubParsersAction  # argparse has no public name for it


def add_json(command: argparse.ArgumentParser) -> None:
    """Let a command answer programs."""
    command.add_argument("--json", action="store_true", help="answer as JSON, for programs")


def files_of(given: argparse.Namespace) -> ContractFiles:
    """The contract files meant: those of the package, or of `--root`."""
    root: Path | None = given.root
    return packaged() if root is None else ContractFiles(root)


def as_data(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems for programs."""
    return [dataclasses.asdict(one) for one in problems]


def say(line: str) -> None:
    """A line for a person."""
    sys.stdout.write(line + "\n")


def say_json(document: Any) -> None:
    """One document for a program."""
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
