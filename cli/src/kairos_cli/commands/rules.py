"""kairos rules: intake does the work, and checks who signs and who publishes."""

from __future__ import annotations

import json
import tomllib
import uuid
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from kairos_cli.commands.shared import StateOption, platform_of

_PATIENCE_S = 60.0
_rules = typer.Typer(
    help="Eligibility rule files: test, dry-run, sign, publish. Exit code 0: done, 1: a dry run "
    "found somebody whose screening would change, 3: refused.",
    no_args_is_help=True,
)

FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="A rule set or an overlay, TOML.")
]
NetworkOption = Annotated[uuid.UUID, typer.Option(help="Whose screenings.")]
TokenOption = Annotated[
    str,
    typer.Option(
        envvar="KAIROS_TOKEN",
        help="An access token of who signs or publishes: intake checks it, and the role in it.",
    ),
]
UrlOption = Annotated[
    str | None, typer.Option(help="Where intake answers; default: the platform's, on this machine.")
]
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
    token: TokenOption,
    url: UrlOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Sign it as a medical director: a file that loosens a rule is published by nobody else."""
    signed = _posted(state, url, "/v1/rule-signatures", file, token)
    loosens = ", ".join(signed["loosens"]) or "nothing"
    _say(signed, [f"signed {signed['sha256']}", f"loosens: {loosens}"], as_json=as_json)


@_rules.command()
def publish(
    file: FileArgument,
    token: TokenOption,
    url: UrlOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Put it in force for the network of the token; every decision is reviewed by it."""
    made = _posted(state, url, "/v1/rule-publications", file, token)
    who = made["signed_by"] or "nobody"
    lines = [f"{made['kind']} {made['version']} is in force", f"signed by {who}"]
    _say(made, lines, as_json=as_json)


def _posted(
    state: StateOption, url: str | None, path: str, file: Path, token: str
) -> dict[str, Any]:
    """Ask intake, which checks whose token it is. Exit code 3 when it refuses."""
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise typer.BadParameter(f"cannot be read: {fault}") from fault
    base = url or platform_of(state).urls["intake"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    try:
        answer = httpx.post(
            f"{base}{path}", json=document, headers=headers, timeout=_PATIENCE_S, trust_env=False
        )
        said: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        typer.echo("intake does not answer", err=True)
        raise typer.Exit(3) from None
    if not answer.is_success:
        rules = f": {', '.join(said['rules'])}" if said.get("rules") else ""
        typer.echo(f"{said.get('detail') or said.get('title')}{rules}", err=True)
        raise typer.Exit(3)
    return said


def _say(document: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    typer.echo(json.dumps(document) if as_json else "\n".join(lines))


def _pass_on(state: StateOption, act: str, file: Path, *words: str, as_json: bool) -> None:
    """Run the service's verb, let its progress through, say what it says, end as it ends."""
    flags = ("--json",) if as_json else ()
    platform = platform_of(state)
    done = platform.operate(
        "intake", "rules", act, str(file.resolve()), *words, *flags, progress=True
    )
    typer.echo(done.stdout, nl=False)
    raise typer.Exit(done.returncode)
