"""`bless`: write the schema of what is new. What was blessed before is never written to."""

import argparse

from kairos_events.checks import succession_problems
from kairos_events.commands.common import (
    REFUSED,
    Commands,
    add_json,
    as_data,
    files_of,
    say,
    say_json,
)
from kairos_events.history import immutability
from kairos_events.registry import events


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    add_json(commands.add_parser("bless", help="write the schema of what is new; never overwrite"))


def run(given: argparse.Namespace) -> int:
    """Bless all that may follow its past, or nothing.

    Refused are a version that breaks its past, and a repository in which a blessed file was
    changed, or whose history is cut short so that nobody can tell.
    """
    files = files_of(given)
    history = immutability([files.schemas, files.examples])
    refused = history.problems
    refused += [p for event in events().values() for p in succession_problems(event, files)]
    blessed = []
    if not refused:
        for event in events().values():
            if (path := files.bless(event)) is not None:
                blessed.append((event.type, path.name))
    if given.json:
        refusals = as_data(refused)
        say_json({"blessed": dict(blessed), "refused": refusals, "notice": history.notice})
        return REFUSED if refused else 0
    if history.notice:
        say(f"notice: {history.notice}")
    for problem in refused:
        advice = "" if problem.event == "git" else "; publish a new major version beside it"
        say(f"refused: {problem}{advice}")
    for name, file in blessed:
        say(f"blessed {name}: {file}")
    if not refused:
        say("every event is blessed")
    return REFUSED if refused else 0
