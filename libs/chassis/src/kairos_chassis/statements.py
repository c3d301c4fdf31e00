"""SQLAlchemy Core statements, compiled once at import into what asyncpg sends.

Per request there is nothing left to compile: a `Statement` is SQL text and the order of its
parameters. Several writes can leave in one round trip: `compose` joins them as the branches of
one data-modifying CTE.

Where all of them only add rows, that CTE can name the network itself and be a transaction of its
own. PostgreSQL promises no order among branches, so every branch reads from the one that sets the
network: it has no row to insert before the setting stands. Were that ever wrong, row-level
security would find no network and refuse the row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ClauseElement, Table, bindparam, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.sql.dml import Delete, Insert, Update, UpdateBase

from kairos_chassis.word_types import Words, WordsAnswer, WordsJson, WordsList

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
_PLACEHOLDER = re.compile(r"\$(\d+)")


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """One branch of a composed write: a name, its SQL; `{name}` refers to an earlier branch.

    `{network}` stands where the branch can be told to read from the one that sets the network.
    """

    name: str
    sql: str


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """SQL with `$n` placeholders and the names of its parameters in that order.

    `parts` is the same write cut into CTE branches; the last one must return rows. `table` is
    what it changes (None for reads), `inserts` whether it only adds rows. `alone`: it looks at no
    tenant's row, so that it needs no transaction opened before it. `sealed` are the places of
    arguments, and `opened` the names of columns, that hold words about a patient.
    """

    sql: str
    names: tuple[str, ...]
    defaults: Mapping[str, Any]
    parts: tuple[Part, ...] = ()
    table: str | None = None
    inserts: bool = False
    alone: bool = False
    sealed: tuple[int, ...] = ()
    opened: tuple[str, ...] = ()

    def arguments(self, params: Mapping[str, Any]) -> list[Any]:
        """Positional arguments. Raises TypeError for a missing or an unknown name."""
        given = {**self.defaults, **params} if self.defaults else params
        try:
            arguments = [given[name] for name in self.names]
        except KeyError as missing:
            raise TypeError(f"parameter {missing} is missing for: {self.sql}") from None
        # Each name has its value: only where there are more values than names is one unknown.
        if len(given) > len(self.names):
            raise TypeError(f"unknown parameters {set(params) - set(self.names)} for: {self.sql}")
        return arguments


def statement(clause: ClauseElement) -> Statement:
    """Compile a Core statement. Raises TypeError for what asyncpg could not run as it stands."""
    compiled: Any = clause.compile(dialect=_DIALECT)
    sql = str(compiled)
    if "POSTCOMPILE" in sql:
        raise TypeError("write `column == any_(bindparam(...))` instead of in_()")
    names = tuple(compiled.positiontup or ())
    defaults = {n: v for n, v in compiled.params.items() if v is not None}
    sealed = tuple(
        [place for place, name in enumerate(names) if _holds_words(compiled.binds[name].type)]
    )
    if not isinstance(clause, UpdateBase):
        return Statement(sql, names, defaults, sealed=sealed, opened=_words_of(clause))
    branch = sql if " RETURNING " in sql else f"{sql} RETURNING 1"
    table = clause.table if isinstance(clause, Insert | Update | Delete) else None
    name = table.name if isinstance(table, Table) else None
    inserts = isinstance(clause, Insert)
    return Statement(sql, names, defaults, (Part("w", branch),), name, inserts, sealed=sealed)


def _holds_words(kind: object) -> bool:
    return isinstance(kind, Words | WordsAnswer | WordsJson | WordsList)


def _words_of(clause: ClauseElement) -> tuple[str, ...]:
    """The columns of a read that hold words."""
    columns = getattr(clause, "selected_columns", ())
    return tuple([str(one.key) for one in columns if _holds_words(one.type)])


@lru_cache(maxsize=4096)
def insertion(table: Table, columns: tuple[str, ...]) -> Statement:
    """`INSERT INTO table (columns) SELECT ...` of one row, made once per shape."""
    row = select(*(bindparam(name, type_=table.c[name].type) for name in columns))
    made = statement(pg_insert(table).from_select(columns, row))
    part = Part("w", f"{made.sql}{{network}} RETURNING 1")
    return replace(made, parts=(part,), alone=True)


def _shift(sql: str, by: int) -> str:
    return _PLACEHOLDER.sub(lambda m: f"${int(m.group(1)) + by}", sql) if by else sql


@lru_cache(maxsize=4096)
def compose(statements: tuple[Statement, ...], *, alone: bool) -> str:
    """Several writes as one statement; it answers one row with each write's row count.

    All branches see the same snapshot, so no two may change the same row: `Transaction` sends
    what it has gathered before it queues a second change of a table. With `alone` the statement
    takes the network as its last argument and needs no transaction around it.
    """
    branches: list[str] = []
    counts: list[str] = []
    offset = 0
    network = " FROM network" if alone else ""
    for index, one in enumerate(statements):
        names = {part.name: f"{part.name}{index}" for part in one.parts}
        for part in one.parts:
            sql = _shift(part.sql, offset).replace("{network}", network)
            for name, unique in names.items():
                sql = sql.replace("{" + name + "}", unique)
            branches.append(f"{names[part.name]} AS ({sql})")
        counts.append(f"(SELECT count(*) FROM {names[one.parts[-1].name]})")  # noqa: S608
        offset += len(one.names)
    if alone:
        setting = f"SELECT set_config('kairos.network', ${offset + 1}::text, true)"
        branches.insert(0, f"network AS MATERIALIZED ({setting})")
    return f"WITH {', '.join(branches)} SELECT {', '.join(counts)}"


def flatten(writes: Sequence[tuple[Statement, list[Any]]]) -> tuple[str, list[Any]]:
    """The composed SQL of several writes and its arguments, for an open transaction."""
    sql = compose(tuple([one for one, _ in writes]), alone=False)
    return sql, [argument for _, arguments in writes for argument in arguments]


def flatten_alone(
    writes: Sequence[tuple[Statement, list[Any]]], network_id: UUID | None
) -> tuple[str, list[Any]]:
    """The same as a transaction of its own, of that network. All writes must be `alone`."""
    sql = compose(tuple([one for one, _ in writes]), alone=True)
    arguments = [argument for _, arguments in writes for argument in arguments]
    return sql, [*arguments, "" if network_id is None else str(network_id)]


def beginning(network_id: UUID | None, sites: frozenset[UUID] | None) -> str:
    """What begins a transaction that sees one network, and of it only what is of these sites."""
    text = "BEGIN"
    if network_id is not None:
        text += f"; SET LOCAL kairos.network = '{UUID(str(network_id))}'"
    if sites is not None:
        # Somebody of no site at all is of one that is none, and sees none.
        listed = ",".join(str(UUID(str(one))) for one in sites or (UUID(int=0),))
        text += f"; SET LOCAL kairos.sites = '{listed}'"
    return text
