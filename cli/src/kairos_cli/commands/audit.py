"""kairos audit: is the audit trail whole, and who did what; each service answers for its own."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

_audit = typer.Typer(
    help="The audit trail. Exit code 0: whole, 1: somebody has tampered with it, 3: refused.",
    no_args_is_help=True,
)

ServiceOption = Annotated[
    str | None, typer.Option("--service", help=f"One of {', '.join(SERVICES)}; default: all.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]
AnchorOption = Annotated[
    str | None, typer.Option(help="A file of anchors kept elsewhere; default: the platform's own.")
]
NetworkOption = Annotated[uuid.UUID, typer.Option(help="Whose trail.")]
PatientOption = Annotated[uuid.UUID | None, typer.Option(help="Who it was about.")]
ActorOption = Annotated[uuid.UUID | None, typer.Option(help="Who did it, or had it done.")]
ActionOption = Annotated[str | None, typer.Option(help="What, such as consent.revoke.")]
OutcomeOption = Annotated[str | None, typer.Option(help="allowed, refused or failed.")]
InstantOption = Annotated[str | None, typer.Option(help="With its offset from UTC.")]
LimitOption = Annotated[int, typer.Option(help="Of each service at most.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_audit, name="audit")


@_audit.command()
def verify(
    anchor: AnchorOption = None,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Find the first entry that is edited, deleted, inserted, swapped, cut off or rewritten."""
    _ask(state, service, ["verify", *_words(anchor=anchor)], as_json=as_json)


@_audit.command()
def anchor(
    service: ServiceOption = None, as_json: JsonOption = False, state: StateOption = None
) -> None:
    """Print the head of each chain, to be kept where nobody here can change it."""
    _ask(state, service, ["anchor"], as_json=as_json)


@_audit.command()
def search(
    network: NetworkOption,
    patient: PatientOption = None,
    actor: ActorOption = None,
    action: ActionOption = None,
    outcome: OutcomeOption = None,
    since: InstantOption = None,
    until: InstantOption = None,
    limit: LimitOption = 50,
    service: ServiceOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Entries of one network, newest first."""
    words = _words(
        network=network,
        patient=patient,
        actor=actor,
        action=action,
        outcome=outcome,
        since=since,
        until=until,
        limit=limit,
    )
    _ask(state, service, ["search", *words], as_json=as_json)


def _words(**given: object) -> list[str]:
    return [f"--{name}={value}" for name, value in given.items() if value is not None]


def _ask(state: StateOption, service: str | None, words: Sequence[str], *, as_json: bool) -> None:
    """Ask one service or all. Ends with the highest exit code."""
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"one of {', '.join(SERVICES)}", param_hint="--service")
    platform = platform_of(state)
    asked = [service] if service else list(SERVICES)
    done = {name: _one(platform, name, words, as_json=as_json) for name in asked}
    if as_json:
        documents: dict[str, Any] = {
            name: json.loads(one.stdout) for name, one in done.items() if one.stdout
        }
        typer.echo(json.dumps({"services": documents}))
    raise typer.Exit(max(one.returncode for one in done.values()))


def _one(
    platform: Platform, service: str, words: Sequence[str], *, as_json: bool
) -> subprocess.CompletedProcess[str]:
    done = platform.operate(service, "audit", *words, *(["--json"] if as_json else []))
    if not as_json:
        typer.echo(f"{service}: {done.stdout.strip()}")
    typer.echo(done.stderr, nl=False, err=True)
    return done
