"""kairos replay: each command runs the same verb of a service, which does the work."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.services import SERVICES

_replay = typer.Typer(
    help="Make a read model anew from the bus, or an emptied topic from the outbox. Without --yes "
    "it only finds out what would happen. Exit code 0: done, 1: only shown, 3: refused.",
    no_args_is_help=True,
)

TopicArgument = Annotated[str, typer.Argument(help="As `kairos topics plan` says.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it.")]
ActorOption = Annotated[uuid.UUID | None, typer.Option(help="Who decided it.")]
ReasonOption = Annotated[str | None, typer.Option(help="Why, as a code: rows_were_damaged.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_replay, name="replay")


@_replay.command("read-model")
def read_model(
    topic: TopicArgument,
    service: Annotated[str, typer.Option(help=f"Whose rows: {', '.join(SERVICES)}.")],
    key: Annotated[str | None, typer.Option(help="One key alone: a patient, as a rule.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only keys with an event since this instant.")
    ] = None,
    yes: YesOption = False,
    actor: ActorOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Throw the rows kept of a topic's events away and make them anew, key by key."""
    words = [*_option("--key", key), *_option("--since", since), *_decision(yes, actor, reason)]
    _pass_on(state, service, "read-model", topic, *words, *_flag("--json", as_json))


@_replay.command("topic")
def topic_(
    topic: TopicArgument,
    although_used: Annotated[
        bool, typer.Option("--although-used", help="The topic is not empty.")
    ] = False,
    yes: YesOption = False,
    actor: ActorOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Send an emptied topic's events again, from its service's outbox and archive."""
    words = [*_flag("--although-used", although_used), *_decision(yes, actor, reason)]
    _pass_on(state, topic.partition(".")[0], "topic", topic, *words, *_flag("--json", as_json))


def _decision(yes: bool, actor: uuid.UUID | None, reason: str | None) -> list[str]:
    who = _option("--actor", None if actor is None else str(actor))
    return [*_flag("--yes", yes), *who, *_option("--reason", reason)]


def _option(name: str, value: str | None) -> list[str]:
    return [] if value is None else [f"{name}={value}"]


def _flag(name: str, given: bool) -> list[str]:
    return [name] if given else []


def _pass_on(state: StateOption, service: str, *words: str) -> None:
    """Run the verb as the tables' owner, say what it says, end as it ends."""
    if service not in SERVICES:
        raise typer.BadParameter(f"of one of {', '.join(SERVICES)}", param_hint="service or topic")
    done = platform_of(state).operate(service, "replay", *words, as_owner=True)
    typer.echo(done.stdout, nl=False)
    raise typer.Exit(done.returncode)
