"""kairos protocols: dosing does the work, and checks who submits, signs and publishes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kairos_cli.commands.shared import StateOption, pass_on, platform_of
from kairos_cli.commands.signing import JsonOption, TokenOption, UrlOption, posted, read, say

_protocols = typer.Typer(
    help="Dosing protocols: test, submit, sign, publish. Exit code 0: done, 1: unsound, "
    "3: refused. `test` needs no platform that runs.",
    no_args_is_help=True,
)

FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="A protocol, TOML.")
]
FilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(exists=True, dir_okay=False, help="Protocols; without any, those shipped."),
]
CodeArgument = Annotated[str, typer.Argument(help="The protocol's code.")]
VersionArgument = Annotated[str, typer.Argument(help="Its version.")]
HashOption = Annotated[str, typer.Option(help="Of the text that was read, as `test` says.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_protocols, name="protocols")


@_protocols.command("test")
def prove(
    files: FilesArgument = None, as_json: JsonOption = False, state: StateOption = None
) -> None:
    """Every figure is sourced, nothing contradicts, and the examples hold."""
    names = [str(file.resolve()) for file in files or ()]
    flags = ("--json",) if as_json else ()
    pass_on(platform_of(state), "dosing", "protocols", "test", *names, *flags)


@_protocols.command()
def submit(
    file: FileArgument,
    token: TokenOption,
    url: UrlOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Keep a version of the network of the token, unsigned: no session is opened by it."""
    document = {"content": read(file)}
    kept = posted("dosing", "/v1/protocols", document, token, url=url, state=state)
    lines = [f"{kept['code']} {kept['version']} is kept", f"sha256 {kept['sha256']}"]
    say(kept, lines, as_json=as_json)


@_protocols.command()
def sign(
    code: CodeArgument,
    version: VersionArgument,
    sha256: HashOption,
    token: TokenOption,
    url: UrlOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Sign exactly the text that was read, as a medical director."""
    document = {"code": code, "version": version, "sha256": sha256}
    signed = posted("dosing", "/v1/protocol-signatures", document, token, url=url, state=state)
    lines = [f"signed {signed['sha256']}", f"by {signed['signed_by']}"]
    say(signed, lines, as_json=as_json)


@_protocols.command()
def publish(
    code: CodeArgument,
    version: VersionArgument,
    token: TokenOption,
    url: UrlOption = None,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Open sessions by a signed version from now on; those that are open keep theirs."""
    document = {"code": code, "version": version}
    made = posted("dosing", "/v1/protocol-publications", document, token, url=url, state=state)
    say(made, [f"{made['code']} {made['version']} is in force"], as_json=as_json)
