"""kairos parked: each command runs the same verb of the services, which do the work."""

from __future__ import annotations

import json
import subprocess
import uuid
from typing import Annotated, Any

import typer
from kairos_local.errors import CannotStart

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

_parked = typer.Typer(
    help="Events that wait: what, why, and what to do. "
    "Exit code 0: done, nothing waits, 1: something still waits, 3: refused.",
    no_args_is_help=True,
)

TopicArgument = Annotated[str, typer.Argument(help="As `kairos parked list` says.")]
KeyArgument = Annotated[str, typer.Argument(help="As `kairos parked list` says.")]
ServiceOption = Annotated[
    str | None,
    typer.Option("--service", help=f"The service that waits: {', '.join(SERVICES)}."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]
ReasonOption = Annotated[str, typer.Option(help="Why, as a code: recorded_by_hand.")]
ActorOption = Annotated[uuid.UUID, typer.Option(help="Who decided it.")]
SecondOption = Annotated[uuid.UUID, typer.Option(help="Who else agreed to it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_parked, name="parked")


@_parked.command("list")
def list_(
    service: ServiceOption = None, as_json: JsonOption = False, state: StateOption = None
) -> None:
    """Every key that waits, of one service or of all."""
    platform = platform_of(state)
    if service is not None:
        _pass_on(platform, service, "list", *_json(as_json))
    codes: dict[str, int] = {}
    documents: dict[str, Any] = {}
    for name in SERVICES:
        done = platform.operate(name, "parked", "list", *_json(as_json))
        codes[name] = done.returncode
        if done.returncode not in (0, 1):
            _say(done)
            raise typer.Exit(done.returncode)
        if as_json:
            documents[name] = json.loads(done.stdout)
        else:
            typer.echo(f"{name}: {done.stdout}", nl=False)
    if as_json:
        typer.echo(json.dumps({"services": documents}))
    raise typer.Exit(max(codes.values()))


@_parked.command()
def show(
    topic: TopicArgument,
    key: KeyArgument,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """The events of a key that wait: sequence, type and why; never their content."""
    _about_key(state, service, "show", topic, key, *_json(as_json))


@_parked.command()
def release(
    topic: TopicArgument,
    key: KeyArgument,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Replay a key in order until nothing waits or an event holds it again."""
    _about_key(state, service, "release", topic, key, *_json(as_json))


@_parked.command()
def discard(
    topic: TopicArgument,
    key: KeyArgument,
    reason: ReasonOption,
    actor: ActorOption,
    second_person: SecondOption,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Set the first event that waits aside for good, then release what follows."""
    decision = _decision(reason, actor, second_person)
    _about_key(state, service, "discard", topic, key, *decision, *_json(as_json))


@_parked.command("accept-gap")
def accept_gap(
    topic: TopicArgument,
    key: KeyArgument,
    reason: ReasonOption,
    actor: ActorOption,
    second_person: SecondOption,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Give up the events missing before the first that waits, then release what follows."""
    decision = _decision(reason, actor, second_person)
    _about_key(state, service, "accept-gap", topic, key, *decision, *_json(as_json))


def _decision(reason: str, actor: uuid.UUID, second_person: uuid.UUID) -> list[str]:
    people = ["--actor", str(actor), "--second-person", str(second_person)]
    return [f"--reason={reason}", *people]


def _json(wanted: bool) -> list[str]:
    return ["--json"] if wanted else []


def _about_key(
    state: StateOption, service: str | None, act: str, topic: str, key: str, *words: str
) -> None:
    platform = platform_of(state)
    _pass_on(platform, service or _where(platform, topic, key), act, topic, key, *words)


def _where(platform: Platform, topic: str, key: str) -> str:
    """The one service in which the key waits. Raises CannotStart if it is none, or several."""
    found = []
    for name in SERVICES:
        done = platform.operate(name, "parked", "list", "--json")
        if done.returncode not in (0, 1):
            _say(done)
            raise typer.Exit(done.returncode)
        waiting = {(one["topic"], one["key"]) for one in json.loads(done.stdout)["keys"]}
        found += [name] if (topic, key) in waiting else []
    if len(found) != 1:
        where = f"in {' and '.join(found)}" if found else "in no service"
        raise CannotStart(
            f"This key waits {where}.",
            "Name one with --service." if found else "`kairos parked list` says which keys wait.",
        )
    return found[0]


def _pass_on(platform: Platform, service: str, *words: str) -> None:
    """Run the service's verb, say what it says, end as it ends."""
    if service not in SERVICES:
        raise typer.BadParameter(f"one of {', '.join(SERVICES)}", param_hint="--service")
    done = platform.operate(service, "parked", *words)
    _say(done)
    raise typer.Exit(done.returncode)


def _say(done: subprocess.CompletedProcess[str]) -> None:
    typer.echo(done.stdout, nl=False)
    typer.echo(done.stderr, nl=False, err=True)
