"""`new`: scaffold an event or its next major version: model, export, golden sample."""

import argparse
import subprocess
import sys
from pathlib import Path

from kairos_events.commands.common import REFUSED, Commands, files_of, say
from kairos_events.registry import SERVICES, events
from kairos_events.scaffold import KINDS, Field, NewEvent, ScaffoldError
from kairos_events.scaffold_texts import exported, module_text, sample_text
from kairos_events.topics import topics


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "new", help="scaffold an event: model, export, example, docs entry"
    )
    command.add_argument("type", help="e.g. dosing.infusion_paused, or with .v2 for a next version")
    command.add_argument("--means", required=True, help="one sentence: what has happened")
    command.add_argument("--when", required=True, help="when it is published, and who acts on it")
    command.add_argument("--topic", help="default: <service>.events")
    command.add_argument("--key", default="patient_id", help="the field it is ordered by")
    command.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="NAME:KIND=MEANING",
        help=f"beside the key; may be repeated. Kinds, each also with a ?: {', '.join(KINDS)}",
    )
    command.add_argument(
        "--package",
        type=Path,
        default=Path(__file__).parents[1],
        help="where kairos_events is (default: this one)",
    )


def run(given: argparse.Namespace) -> int:
    """Write the files, none of which may exist; then the docs. Returns 1 for what cannot be."""
    try:
        event = _event(given)
    except ScaffoldError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    files, package = files_of(given), given.package / event.service
    module = package / f"{event.module}.py"
    example = files.examples / f"{event.type}.json"
    for path, text in ((module, module_text(event)), (example, sample_text(event))):
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        say(f"wrote {path}")
    exports = package / "__init__.py"
    exports.write_text(exported(exports.read_text("utf-8"), event), "utf-8")
    say(f"exported {event.class_name} from {event.service}")
    # another process, since this one has read the registry without it
    command = [sys.executable, "-m", "kairos_events", *_root(given), "docs"]
    done = subprocess.run(command, check=False)  # noqa: S603 - ourselves, no shell
    say("next: read the model, put real values in the example; then bless, docs and check")
    return done.returncode


def _root(given: argparse.Namespace) -> list[str]:
    return [] if given.root is None else ["--root", str(given.root)]


def _event(given: argparse.Namespace) -> NewEvent:
    event = NewEvent.read(
        given.type,
        means=given.means,
        when=given.when,
        topic=given.topic,
        key=given.key,
        fields=[Field.read(text) for text in given.field],
    )
    known = events()
    if event.service not in SERVICES:
        raise ScaffoldError(f"no service {event.service}: one of {', '.join(SERVICES)}")
    if event.topic not in topics():
        raise ScaffoldError(f"no topic {event.topic}: add it to topics.toml first")
    if event.type in known:
        raise ScaffoldError(f"{event.type} exists: a change of it is its next major version")
    if event.is_later and event.previous not in known:
        raise ScaffoldError(f"no {event.previous}, which a next version would follow")
    return event
