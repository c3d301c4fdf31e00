"""Reads of a page in the order of an instant, after the position of a cursor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    or_,
    select,
    tuple_,
)

from integration.store.people import of_person

_AFTER_AT = bindparam("after_at", type_=DateTime(timezone=True))
_AFTER_ID = bindparam("after_id", type_=Uuid)


def asked(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The column has the value asked for, or none is asked for."""
    parameter = bindparam(name, type_=column.type)
    return or_(parameter.is_(None), column == parameter)


def asked_person(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The column holds a record of the person asked for (`patient_id`), or nobody is asked for."""
    return or_(bindparam("patient_id", type_=Uuid).is_(None), of_person(column))


def by_instant(table: Table, instant: str, *narrow: ColumnElement[bool]) -> Select[Any]:
    """Rows of a table in the order of a column, `limit` at most, after (`after_at`, `after_id`)."""
    column = table.c[instant]
    beyond = tuple_(column, table.c.id) > tuple_(_AFTER_AT, _AFTER_ID)
    return (
        select(table)
        .where(*narrow, or_(_AFTER_AT.is_(None), beyond))
        .order_by(column, table.c.id)
        .limit(bindparam("limit", type_=Integer))
    )


def position(after: Sequence[str] | None) -> dict[str, Any]:
    """The parameters of a cursor's position."""
    if after is None:
        return {"after_at": None, "after_id": None}
    return {"after_at": datetime.fromisoformat(after[0]), "after_id": UUID(after[1])}
