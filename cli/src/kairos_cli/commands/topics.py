"""kairos topics"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from aiokafka.errors import KafkaError
from kairos_chassis.bus.topic_admin import apply_to, plan_for
from kairos_events.topic_changes import Plan
from kairos_events.topics import TopicError, TopicToCreate, topics, topics_to_create
from kairos_local.errors import CannotStart
from rich.table import Table
from rich.text import Text

from kairos_cli.commands.shared import StateOption, platform_of
from kairos_cli.show import err, out
from kairos_cli.topic_report import as_data, differences, refusals

_REFUSED = 2
_BOOTSTRAP = "KAIROS_KAFKA_BOOTSTRAP"

_topics = typer.Typer(help="The platform's topics.", no_args_is_help=True)

Bootstrap = Annotated[
    str | None,
    typer.Option(
        help=f"host:port of the broker; default: ${_BOOTSTRAP}, else that of the running platform.",
        show_default=False,
    ),
]
Replication = Annotated[int, typer.Option(min=1, help="Copies of each partition.")]
MinInsync = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Copies that have a write before it is acknowledged; default: all but one.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_topics, name="topics")


@_topics.command("list")
def list_() -> None:
    """Every topic of the registry: whose it is, how it is kept, who reads it."""
    table = Table(box=None, pad_edge=False)
    for heading in ("topic", "owner", "keyed by", "partitions", "kept", "read by"):
        table.add_column(heading, header_style="dim", overflow="fold", no_wrap=heading == "topic")
    for topic in topics().values():
        kept = "for ever" if topic.retention_days < 0 else f"{topic.retention_days} days"
        table.add_row(
            topic.name,
            topic.owner,
            ", ".join(topic.keys),
            str(topic.partitions),
            kept,
            ", ".join(topic.consumers),
        )
    out.print(table)


@_topics.command()
def plan(
    bootstrap: Bootstrap = None,
    replication: Replication = 1,
    min_insync: MinInsync = None,
    as_json: AsJson = False,
    state: StateOption = None,
) -> None:
    """What differs on a broker from topics.toml. Exit code 2: apply would refuse."""
    found = _ask(plan_for, _broker(bootstrap, state), _wanted(replication, min_insync))
    _say(found, as_json, "To do, with kairos topics apply:")


@_topics.command()
def apply(
    bootstrap: Bootstrap = None,
    replication: Replication = 1,
    min_insync: MinInsync = None,
    as_json: AsJson = False,
    state: StateOption = None,
) -> None:
    """Make a broker's topics what topics.toml says. Exit code 2: refused, nothing changed."""
    done = _ask(apply_to, _broker(bootstrap, state), _wanted(replication, min_insync))
    _say(done, as_json, "Not done:" if done.refusals else "Done:")


def _broker(bootstrap: str | None, state: Path | None) -> str:
    return bootstrap or os.environ.get(_BOOTSTRAP) or platform_of(state).bootstrap


def _wanted(replication: int, min_insync: int | None) -> list[TopicToCreate]:
    try:
        return topics_to_create(replication, min_insync)
    except TopicError as error:
        raise typer.BadParameter(str(error), param_hint="--min-insync") from error


def _ask(
    act: Callable[[str, Sequence[TopicToCreate]], Coroutine[Any, Any, Plan]],
    bootstrap: str,
    wanted: Sequence[TopicToCreate],
) -> Plan:
    try:
        return asyncio.run(act(bootstrap, wanted))
    except (KafkaError, OSError) as error:
        raise CannotStart(
            f"The broker at {bootstrap} does not do it: {error!r}.",
            "Check --bootstrap, that the broker is ready, and that it has --replication brokers.",
        ) from error


def _say(plan: Plan, as_json: bool, heading: str) -> None:
    if as_json:
        typer.echo(json.dumps(as_data(plan), indent=1))
    else:
        if plan.steps:
            out.print(Text(heading))
            out.print(differences(plan))
        elif not plan.refusals:
            out.print(Text("Nothing to do: every topic is as topics.toml says."))
        if plan.refusals:
            err.print(refusals(plan))
    if plan.refusals:
        raise typer.Exit(_REFUSED)
