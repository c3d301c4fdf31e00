"""`check`: verify every rule, the readers and the git history; name what is wrong precisely."""

import argparse
from collections.abc import Iterator
from importlib.util import find_spec

from kairos_events.checks import contract_problems
from kairos_events.commands.common import (
    PROGRAM,
    REFUSED,
    Commands,
    add_json,
    as_data,
    files_of,
    say,
    say_json,
)
from kairos_events.commands.docs import add_catalogue
from kairos_events.commands.documents import Document, documents, manifests
from kairos_events.contract_files import ContractFiles
from kairos_events.history import immutability
from kairos_events.problem import Problem
from kairos_events.reading_checks import Search, found_nothing, readers_problems
from kairos_events.registry import RegistryError, events
from kairos_events.schema import SchemaShapeError
from kairos_events.topics import TopicError, topics


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser("check", help="verify every rule, including the git history")
    command.add_argument(
        "--without-services",
        action="store_true",
        help="go by the readers' manifest alone; do not import services to see if it is current",
    )
    add_catalogue(command)
    add_json(command)


def run(given: argparse.Namespace) -> int:
    """Check; returns 0 when all is well and 1 when a rule is broken."""
    files = files_of(given)
    try:
        known, places = events(), topics()
    except (TopicError, RegistryError, SchemaShapeError) as error:
        return _say([Problem("the registry", "$", f"unreadable: {error}")], None, given)
    found = contract_problems(known, places, files)
    found += readers_problems(known, files, files.readings(), search_here())
    history = immutability([files.schemas, files.examples])
    found += [*history.problems, *_outdated(files, given)]
    return _say(found, history.notice, given)


def _say(found: list[Problem], notice: str | None, given: argparse.Namespace) -> int:
    if given.json:
        say_json({"problems": as_data(found), "notice": notice})
        return REFUSED if found else 0
    if notice:
        say(f"notice: {notice}")
    for problem in found:
        say(str(problem))
    say(f"{len(found)} problems")
    return REFUSED if found else 0


def search_here() -> Search:
    """The search for breaking instances, where the extra `testing` is installed."""
    if find_spec("hypothesis") is None or find_spec("jsonschema") is None:
        return found_nothing
    from kairos_events.testing.breaking import instance_refused

    return instance_refused


def _outdated(files: ContractFiles, given: argparse.Namespace) -> Iterator[Problem]:
    written: list[Document] = []
    if not given.without_services:
        try:
            written += manifests(files).values()
        except ImportError as error:
            yield Problem("services", "$", f"cannot_be_imported: {error}")
    if given.catalogue.exists():
        written += documents(files, given.catalogue)
    for document in written:
        if not document.is_current():
            yield Problem(str(document.path), "$", f"outdated: run `{PROGRAM} docs`")
