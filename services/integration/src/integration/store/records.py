"""Rows of one table and the domain's objects: each field is a column of its name.

For tables that hold an object as it stands. A table with `version` is changed only by who has
seen the version before; where there is none, rows are only ever added.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import Statement, statement
from sqlalchemy import ClauseElement, Select, Table, bindparam, select, update

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """The rows of `table` as objects of `kind`; `missing` is what a lost one raises."""

    table: Table
    kind: type[T]
    missing: type[Exception]
    _find: Statement = field(init=False)
    _lock: Statement = field(init=False)
    _save: Statement | None = field(init=False)
    _enums: Mapping[str, type[StrEnum]] = field(init=False)

    def __post_init__(self) -> None:
        names = {one.name for one in fields(self.kind)}  # type: ignore[arg-type]
        if names | {"network_id"} != set(self.table.c.keys()):
            raise TypeError(f"{self.kind.__name__} and {self.table.name} differ")
        one = select(self.table).where(self.table.c.id == bindparam("id"))
        self._set("_find", statement(one))
        self._set("_lock", statement(one.with_for_update()))
        self._set("_save", self._update(names) if "version" in names else None)
        self._set("_enums", dict(_enums(self.kind)))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _update(self, names: set[str]) -> Statement:
        changed = sorted(names - {"id", "patient_id"})
        return statement(
            update(self.table)
            .where(self.table.c.id == bindparam("of"), self.table.c.version == bindparam("seen"))
            .values({name: bindparam(f"new_{name}") for name in changed})
        )

    def select(self) -> Select[Any]:
        """A read of whole rows, to be narrowed."""
        return select(self.table)

    def query(self, clause: ClauseElement) -> Statement:
        """A read, compiled."""
        return statement(clause)

    async def find(self, tx: Transaction, identity: UUID) -> T:
        """One object. Raises `missing`."""
        return self._one(tx, await tx.fetch_one(self._find, id=identity))

    async def lock(self, tx: Transaction, identity: UUID) -> T:
        """One object, kept from everybody else until the commit. Raises `missing`."""
        return self._one(tx, await tx.fetch_one(self._lock, id=identity))

    async def seen(self, tx: Transaction, identity: UUID, version: int) -> T:
        """One object, locked, if it is as its caller read it. Raises `missing`, StaleVersion."""
        found = await self.lock(tx, identity)
        if found.version != version:  # type: ignore[attr-defined]
            raise StaleVersion
        return found

    async def all(self, tx: Transaction, query: Statement, /, **params: Any) -> list[T]:
        """The objects of a read of whole rows."""
        return [self.of(row) for row in await tx.fetch(query, **params)]

    def add(self, tx: Transaction, made: T) -> None:
        """Keep a new object."""
        values = self._values(made)
        tx.about(values["patient_id"])
        tx.insert(self.table, network_id=tx.network, **values)

    def save(self, tx: Transaction, changed: T) -> None:
        """Keep a change. Raises StaleVersion at the flush if somebody was faster."""
        if self._save is None:
            raise TypeError(f"{self.table.name} is only ever added to")
        values = self._values(changed)
        identity, _ = values.pop("id"), values.pop("patient_id")
        news = {f"new_{name}": value for name, value in values.items()}
        seen = values["version"] - 1
        tx.write(self._save, otherwise=StaleVersion(), of=identity, seen=seen, **news)

    def of(self, row: Record) -> T:
        """The object a row holds."""
        values = {name: value for name, value in row.items() if name != "network_id"}
        for name, enum in self._enums.items():
            values[name] = None if values[name] is None else enum(values[name])
        return self.kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in values.items()})

    def _one(self, tx: Transaction, row: Record | None) -> T:
        if row is None:
            raise self.missing
        tx.about(row["patient_id"])
        return self.of(row)

    def _values(self, item: T) -> dict[str, Any]:
        return {one.name: getattr(item, one.name) for one in fields(item)}  # type: ignore[arg-type]


def _enums(kind: type) -> list[tuple[str, type[StrEnum]]]:
    """Fields whose type is a StrEnum, or one that may be None."""
    found = []
    for name, hint in get_type_hints(kind).items():
        for part in (hint, *get_args(hint)):
            if isinstance(part, type) and issubclass(part, StrEnum):
                found.append((name, part))
    return found
