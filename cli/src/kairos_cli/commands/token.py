"""kairos token"""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.durations import parse_duration
from kairos_cli.issuer import EVERY_SITE, ROLES


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("token")(token)


def token(
    role: Annotated[list[str], typer.Option(help=f"May be repeated: {', '.join(ROLES)}.")],
    network: Annotated[
        uuid.UUID | None, typer.Option(help="The network; none for the role service.")
    ] = None,
    site: Annotated[
        list[uuid.UUID] | None, typer.Option(help="May be repeated. Default: every site.")
    ] = None,
    subject: Annotated[
        uuid.UUID | None, typer.Option(help="Whom it is for. Default: a new person.")
    ] = None,
    patient: Annotated[
        uuid.UUID | None, typer.Option(help="Whose it is, for the role patient.")
    ] = None,
    ttl: Annotated[str, typer.Option(help="How long it is valid: 90s, 15m, 8h, 2d.")] = "8h",
    state: StateOption = None,
) -> None:
    """Print a development token, valid from now on the platform's clock."""
    platform = platform_of(state)
    try:
        minted = platform.mint(
            *role,
            network=network,
            sites=[str(one) for one in site or []] or EVERY_SITE,
            subject=subject,
            ttl=parse_duration(ttl),
            patient=patient,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(minted)
