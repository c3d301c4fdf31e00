"""kairos rules: the same verb of intake, which does the work."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Annotated

import typer

from kairos_cli.commands.shared import StateOption, platform_of

_rules = typer.Typer(
    help="Eligibility rule files: test, dry-run, sign, publish. Exit code 0: done, 1: a dry run "
    "found somebody whose screening would change, 3: refused.",
    no_args_is_help=True,
)

FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="A rule set or an overlay, TOML.")
]
NetworkOption = Annotated[uuid.UUID, typer.Option(help="Whose screenings, whose rules.")]
ByOption = Annotated[uuid.UUID, typer.Option(help="Who signs or publishes.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_rules, name="rules")


@_rules.command("test")
def prove(file: FileArgument, as_json: JsonOption = False, state: StateOption = None) -> None:
    """Prove a rule file on its own examples, and say which rules it loosens."""
    _pass_on(state, "test", file, as_json=as_json)


@_rules.command("dry-run")
def dry_run(
    file: FileArgument,
    network: NetworkOption,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Evaluate the network's screenings by it: who would change. Nothing is kept."""
    _pass_on(state, "dry-run", file, "--network", str(network), as_json=as_json)


@_rules.command()
def sign(
    file: FileArgument,
    network: NetworkOption,
    by: ByOption,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Sign it as a medical director: a file that loosens a rule is published by nobody else."""
    people = ("--network", str(network), "--by", str(by))
    _pass_on(state, "sign", file, *people, as_json=as_json)


@_rules.command()
def publish(
    file: FileArgument,
    network: NetworkOption,
    by: ByOption,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Put it in force for the network; every decision is reviewed by it."""
    people = ("--network", str(network), "--by", str(by))
    _pass_on(state, "publish", file, *people, as_json=as_json)


def _pass_on(state: StateOption, act: str, file: Path, *words: str, as_json: bool) -> None:
    """Run the service's verb, let its progress through, say what it says, end as it ends."""
    flags = ("--json",) if as_json else ()
    platform = platform_of(state)
    done = platform.operate(
        "intake", "rules", act, str(file.resolve()), *words, *flags, progress=True
    )
    typer.echo(done.stdout, nl=False)
    raise typer.Exit(done.returncode)
