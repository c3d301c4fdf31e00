"""What the modules of tables share: one metadata, and columns that many tables have."""

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Table, Uuid

metadata = MetaData()

INSTANT = DateTime(timezone=True)


def tenant_table(name: str, *columns: Any) -> Table:
    """A table with an id of its own in a network."""
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("network_id", Uuid, nullable=False),
        *columns,
    )


def instant(name: str, *, nullable: bool = False) -> "Column[Any]":
    """A column that holds a moment."""
    return Column(name, INSTANT, nullable=nullable)


def ident(name: str, *more: Any, nullable: bool = False) -> "Column[Any]":
    """A column that holds an id."""
    return Column(name, Uuid, *more, nullable=nullable)
