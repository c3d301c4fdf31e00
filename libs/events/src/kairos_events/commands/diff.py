"""`diff`: what changed from one version of an event to another, and which readers it breaks."""

import argparse
import dataclasses
import sys
from itertools import pairwise
from typing import Any

from kairos_events.changes import Difference, Version, difference, versions_of
from kairos_events.commands.check import search_here
from kairos_events.commands.common import (
    Commands,
    add_json,
    as_data,
    files_of,
    say,
    say_json,
)
from kairos_events.contract_files import ContractFiles
from kairos_events.registry import UnknownEventError, event_for

_WRONG_CALL = 2


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "diff", help="say what changed between versions, and which readers it breaks"
    )
    command.add_argument("before", help="a type, e.g. dosing.session_aborted.v1, or TYPE@HASH")
    command.add_argument(
        "after", nargs="?", help="another; left out: each version of the type and the next"
    )
    add_json(command)


def run(given: argparse.Namespace) -> int:
    """Compare; returns 0, or 2 for a version that does not exist."""
    files = files_of(given)
    try:
        pairs = _pairs(given.before, given.after, files)
    except LookupError as error:
        sys.stderr.write(f"no such version: {error.args[0]}\n")
        return _WRONG_CALL
    readings, search = files.readings(), search_here()
    found = [difference(before, after, readings, search) for before, after in pairs]
    if given.json:
        say_json({"differences": [_as_data(one) for one in found]})
        return 0
    if not found:
        say(f"{given.before} has one version")
    for one in found:
        _tell(one)
    return 0


def _pairs(before: str, after: str | None, files: ContractFiles) -> list[tuple[Version, Version]]:
    if after is not None:
        return [(_version(before, files), _version(after, files))]
    return list(pairwise(versions_of(event_for(before), files)))


def _version(name: str, files: ContractFiles) -> Version:
    """The version a person means: of a type alone, what its class writes now."""
    event_type, _, wanted = name.partition("@")
    found = versions_of(event_for(event_type), files)
    for version in reversed(found):
        if version.hash.startswith(wanted):
            return version
    raise UnknownEventError(name)


def _tell(one: Difference) -> None:
    say(f"{one.before} -> {one.after}")
    for change in one.changes:
        if change.before is None:
            say(f"  + {change.path}: {change.after}")
        elif change.after is None:
            say(f"  - {change.path}: {change.before}")
        else:
            say(f"  ~ {change.path}: {change.before} -> {change.after}")
    if one.before.event == one.after.event:
        for problem in one.within_version:
            say(f"  may not follow within the version: {problem.path} {problem.rule}")
    for problem in one.broken_readers:
        say(f"  breaks {problem}")
    if not one.broken_readers:
        say("  breaks no declared reader")


def _as_data(one: Difference) -> dict[str, Any]:
    return {
        "before": str(one.before),
        "after": str(one.after),
        "changes": [dataclasses.asdict(change) for change in one.changes],
        "within_version": as_data(one.within_version),
        "broken_readers": as_data(one.broken_readers),
    }
