"""Between dataclasses of the domain and rows of the same names."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from asyncpg import Record
from kairos_chassis.db import Transaction
from sqlalchemy import Table

T = TypeVar("T")


def add(tx: Transaction, table: Table, thing: Any, **more: Any) -> None:
    """Queue the insert of a dataclass whose fields are the table's columns."""
    values = {one.name: _plain(getattr(thing, one.name)) for one in fields(thing)}
    tx.insert(table, network_id=tx.network, **values, **more)


def read(kind: type[T], row: Record | Mapping[str, Any], **more: Any) -> T:
    """A dataclass from a row with a column for each of its fields; `more` is from elsewhere."""
    casts = _casts(kind)  # type: ignore[arg-type]
    made = {name: cast(row[name]) for name, cast in casts.items() if name not in more}
    return kind(**made, **more)


@cache
def _casts(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {one.name: _cast(hints[one.name]) for one in fields(kind)}


def _cast(hint: Any) -> Any:
    for one in (hint, *get_args(hint)):
        if isinstance(one, type) and issubclass(one, StrEnum):
            return lambda value, of=one: None if value is None else of(value)
    if getattr(hint, "__origin__", None) is tuple:
        return tuple
    return lambda value: value


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
