"""Acts that a person answers for: sent to a service under that person's token, never by a name.

The service verifies the token as that of every other request, and the role in it (ADR 0042).
"""

from __future__ import annotations

import json
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from kairos_cli.commands.shared import StateOption, platform_of

_PATIENCE_S = 60.0

TokenOption = Annotated[
    str,
    typer.Option(
        envvar="KAIROS_TOKEN",
        help="An access token of who does it: the service checks it, and the role in it.",
    ),
]
UrlOption = Annotated[
    str | None,
    typer.Option(help="Where the service answers; default: the platform's, on this machine."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]


def read(file: Path) -> dict[str, Any]:
    """The TOML document. Raises BadParameter (exit code 2) for any other file."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise typer.BadParameter(f"cannot be read: {fault}") from fault


def posted(
    service: str,
    path: str,
    document: Mapping[str, Any],
    token: str,
    *,
    url: str | None,
    state: StateOption,
) -> dict[str, Any]:
    """Ask the service, which checks whose token it is. Exit code 3 when it refuses."""
    base = url or platform_of(state).urls[service]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    try:
        answer = httpx.post(
            f"{base}{path}", json=document, headers=headers, timeout=_PATIENCE_S, trust_env=False
        )
        said: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        typer.echo(f"{service} does not answer", err=True)
        raise typer.Exit(3) from None
    if not answer.is_success:
        rules = f": {', '.join(said['rules'])}" if said.get("rules") else ""
        typer.echo(f"{said.get('detail') or said.get('title')}{rules}", err=True)
        raise typer.Exit(3)
    return said


def say(document: Mapping[str, Any], lines: Sequence[str], *, as_json: bool) -> None:
    """What was done: one document for programs, the same as lines for people."""
    typer.echo(json.dumps(document) if as_json else "\n".join(lines))
