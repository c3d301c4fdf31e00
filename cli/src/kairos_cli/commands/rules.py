"""kairos rules: intake does the work, and checks who signs and who publishes."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Annotated

import typer

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.commands.signing import JsonOption, TokenOption, UrlOption, posted, read, say

_rules = typer.Typer(
    help="Eligibility rule files: test, dry-run, sign, publish. Exit code 0: done, 1: a dry run "
    "found somebody whose screening would change, 3: refused.",
    no_args_is_help=True,
)

FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="A rule set or an overlay, TOML.")
]
NetworkOption = Annotated[uuid.UUID, typer.Option(help="Whose screenings.")]


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
    token: TokenOption,
    url: UrlOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Sign it as a medical director: a file that loosens a rule is published by nobody else."""
    signed = posted("intake", "/v1/rule-signatures", read(file), token, url=url, state=state)
    loosens = ", ".join(signed["loosens"]) or "nothing"
    say(signed, [f"signed {signed['sha256']}", f"loosens: {loosens}"], as_json=as_json)


@_rules.command()
def publish(
    file: FileArgument,
    token: TokenOption,
    url: UrlOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Put it in force for the network of the token; every decision is reviewed by it."""
    made = posted("intake", "/v1/rule-publications", read(file), token, url=url, state=state)
    who = made["signed_by"] or "nobody"
    lines = [f"{made['kind']} {made['version']} is in force", f"signed by {who}"]
    say(made, lines, as_json=as_json)


def _pass_on(state: StateOption, act: str, file: Path, *words: str, as_json: bool) -> None:
    """Run the service's verb, let its progress through, say what it says, end as it ends."""
    flags = ("--json",) if as_json else ()
    platform = platform_of(state)
    done = platform.operate(
        "intake", "rules", act, str(file.resolve()), *words, *flags, progress=True
    )
    typer.echo(done.stdout, nl=False)
    raise typer.Exit(done.returncode)
