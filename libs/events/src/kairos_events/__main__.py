"""`python -m kairos_events bless|check|list|docs`: keep the published language in order."""

import argparse
import sys
from pathlib import Path

from kairos_events.catalogue import catalogue, overview, with_overview
from kairos_events.checks import contract_problems, succession_problems
from kairos_events.contract_files import ContractFiles, packaged
from kairos_events.history import immutability
from kairos_events.problem import Problem
from kairos_events.registry import events
from kairos_events.topics import topics

_PROGRAM = "python -m kairos_events"
_CATALOGUE = Path("docs/events.md")
_README = Path("README.md")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 when all is well and 1 when a rule is broken."""
    chosen = _parser().parse_args(arguments)
    files = ContractFiles(chosen.root) if chosen.root else packaged()
    match chosen.command:
        case "bless":
            return _bless(files)
        case "check":
            return _check(files, chosen.catalogue)
        case "docs":
            return _docs(chosen.catalogue)
        case _:
            return _list()


def _bless(files: ContractFiles) -> int:
    """Write what is new; a version that may not follow its past is refused before it is written."""
    refused = [p for event in events().values() for p in succession_problems(event, files)]
    for problem in refused:
        _say(f"refused: {problem}; publish a new major version beside it")
    if refused:
        return 1
    for event in events().values():
        path = files.bless(event)
        if path is not None:
            _say(f"blessed {event.type}: {path.name}")
    _say("every event is blessed")
    return 0


def _check(files: ContractFiles, path: Path) -> int:
    found = contract_problems(events(), topics(), files)
    history = immutability([files.schemas, files.examples])
    found += history.problems
    if path.exists() and path.read_text("utf-8") != catalogue(events(), topics()):
        found.append(Problem(str(path), "$", f"catalogue_outdated: run `{_PROGRAM} docs`"))
    if _README.exists() and overview(events()) not in _README.read_text("utf-8"):
        found.append(Problem(str(_README), "$", f"overview_outdated: run `{_PROGRAM} docs`"))
    if history.notice:
        _say(f"notice: {history.notice}")
    for problem in found:
        _say(str(problem))
    _say(f"{len(events())} events, {len(topics())} topics, {len(found)} problems")
    return 1 if found else 0


def _docs(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(catalogue(events(), topics()), "utf-8")
    _say(f"wrote {path}")
    if _README.exists():
        _README.write_text(with_overview(_README.read_text("utf-8"), events()), "utf-8")
        _say(f"wrote the overview in {_README}")
    return 0


def _list() -> int:
    for event in events().values():
        _say(f"{event.type:<42} {event.topic:<20} {event.key_field}")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_PROGRAM, description=__doc__)
    parser.add_argument(
        "--root", type=Path, help="folder with schemas/ and examples/ (default: this package)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("bless", help="write the schema of what is new; never overwrite")
    check = commands.add_parser("check", help="verify every rule, including the git history")
    docs = commands.add_parser("docs", help="write the event catalogue")
    commands.add_parser("list", help="list every event with its topic and key")
    for command in (check, docs):
        command.add_argument(
            "--catalogue", type=Path, default=_CATALOGUE, help=f"its file (default: {_CATALOGUE})"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
