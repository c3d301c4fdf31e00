"""kairos topics"""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from kairos_events.topics import topics, topics_to_create
from kairos_local.errors import CannotStart
from kairos_local.topics import TopicsDiffer, create_topics
from rich.table import Table

from kairos_cli.show import out

_topics = typer.Typer(help="The platform's topics.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_topics, name="topics")


@_topics.command("list")
def list_() -> None:
    """Every topic of the registry: whose it is, how it is kept, who reads it."""
    table = Table(box=None, pad_edge=False)
    for heading in ("topic", "owner", "keyed by", "partitions", "kept", "read by"):
        table.add_column(heading, header_style="dim", overflow="fold")
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
def create(
    bootstrap: Annotated[str, typer.Option(help="host:port of the broker.")],
    replication: Annotated[int, typer.Option(min=1, help="Copies of each partition.")] = 1,
) -> None:
    """Create what is missing on a broker. Safe to repeat."""
    try:
        created = asyncio.run(create_topics(bootstrap, topics_to_create(replication)))
    except TopicsDiffer as error:
        raise CannotStart(
            f"These topics have another number of partitions than the registry says: {error}.",
            "Partitions are fixed for ever; find out who made them otherwise.",
        ) from error
    except KafkaError as error:
        raise CannotStart(
            f"The broker at {bootstrap} does not create them: {type(error).__name__}.",
            "Check --bootstrap, and that the broker is ready.",
        ) from error
    out.print(f"Created: {', '.join(created)}" if created else "All topics were there.")
