"""What a migrated database says about itself: its differences from the declared tables, and who
may see and do what in it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from kairos_chassis.bus.tables import define_bus_tables
from sqlalchemy import MetaData, pool
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

Connected: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def exempt_tables() -> set[str]:
    """The tables without row-level security: the bus's, the timers, and what the platform keeps
    of ids, hashes and instants for all networks."""
    bus = MetaData()
    define_bus_tables(bus)
    shared = {"timer", "audit_checkpoint", "access_cut", "used_assertion"}
    return {*bus.tables, *shared, *_OF_ONE_SERVICE, "alembic_version"}


# Of one service: when it began to seal who patients are, an instant for all networks.
_OF_ONE_SERVICE = {"identity_sealing": "intake"}
# Hashes of what other rows say, made anew from them: an erasure has to take them away.
DERIVED = {"intake": {"identifier_token", "patient_token"}}


def exempt_tables_of(service: str) -> set[str]:
    """Those of a service."""
    others = {name for name, owner in _OF_ONE_SERVICE.items() if owner != service}
    return exempt_tables() - others


# Policies that look past the network, each for one worker, which says so in its transaction; and
# those that let go, in whatever network, what has outlived its use, and see nothing.
_WORKERS_POLICIES = {
    ("audit_entry", "chain_read", "kairos.audit_reader"),
    ("patient_key", "rotation", "kairos.key_rotation"),
    ("idempotency_key", "outlived", "created_at"),
    ("partner_token", "outlived", "expires_at"),
    ("patient", "rotation", "kairos.key_rotation"),
}


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connected]:
    """A connection."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def differences(url: str, metadata: MetaData) -> list[str]:
    """How a database differs from declared tables: tables, columns, types, nullability, unique and
    foreign keys, server defaults.

    Indexes, checks and exclusions are declared in migrations alone, where their predicates and
    operators are; tables which repeat them (the bus's) are compared, those which do not are not.
    """
    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(address, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_compare, metadata)
    finally:
        await engine.dispose()


def _compare(connection: Connection, metadata: MetaData) -> list[str]:
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    found: Iterable[Any] = compare_metadata(context, metadata)
    flat = [one for item in found for one in (item if isinstance(item, list) else [item])]
    return [str(one) for one in flat if one[0] != "remove_index"]


async def tables(connection: Connected) -> list[str]:
    """Every table of the service."""
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return [row["relname"] for row in rows]


async def unprotected(connection: Connected) -> list[str]:
    """Tables that somebody could read across networks, with the reason: row-level security is not
    enabled, not forced on the owner too, or its policies do not ask for the network."""
    rows = await connection.fetch(
        """
        SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
               EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy,
               EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT EXISTS (
                 SELECT FROM unnest($1::text[], $2::text[], $3::text[]) AS w(name, policy, setting)
                 WHERE w.name = c.relname AND w.policy = p.polname
                   AND strpos(pg_get_expr(p.polqual, c.oid), w.setting) > 0
               ) AND p.polpermissive AND (  -- a restrictive one opens nothing
                 coalesce(pg_get_expr(p.polqual, c.oid), 'kairos.network')
                   NOT LIKE '%kairos.network%' OR
                 coalesce(pg_get_expr(p.polwithcheck, c.oid), 'kairos.network')
                   NOT LIKE '%kairos.network%')) AS open_policy
        FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        ORDER BY c.relname
        """,
        *(list(column) for column in zip(*sorted(_WORKERS_POLICIES), strict=True)),
    )
    return [f"{row['name']}: {fault}" for row in rows for fault in _openings(row)]


async def outlived_only(connection: Connected) -> set[str]:
    """Tables of which nothing can be deleted but what is older than an interval, by a policy that
    no other can widen."""
    rows = await connection.fetch(
        "SELECT polrelid::regclass::text AS name FROM pg_policy WHERE polcmd = 'd'"
        " AND NOT polpermissive AND pg_get_expr(polqual, polrelid) ~ '_at < \\(now\\(\\) - '"
    )
    return {row["name"] for row in rows}


def _openings(row: asyncpg.Record) -> Iterator[str]:
    if not row["enabled"]:
        yield "not enabled"
    if not row["forced"]:
        yield "not forced"
    if not row["has_policy"]:
        yield "no policy"
    if row["open_policy"]:
        yield "a policy for every network"


async def put_a_row_everywhere(admin: Connected, network: UUID, names: Iterable[str]) -> None:
    """One row of that network in each table, past every constraint: a throw-away database only."""
    await admin.execute("SET session_replication_role = replica")  # no triggers, of either kind
    for name in names:
        constraints = await admin.fetch(
            "SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass"
            " AND contype NOT IN ('n', 't')",
            name,
        )
        for row in constraints:
            await admin.execute(
                f'ALTER TABLE "{name}" DROP CONSTRAINT IF EXISTS "{row["conname"]}" CASCADE'
            )
        columns = await admin.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0"
            " AND attnotnull AND attidentity = '' AND NOT attisdropped",
            name,
        )
        for row in columns:
            await admin.execute(
                f'ALTER TABLE "{name}" ALTER COLUMN "{row["attname"]}" DROP NOT NULL'
            )
        await admin.execute(f'INSERT INTO "{name}" (network_id) VALUES ($1)', network)


async def seen(connection: Connected, network: UUID | None, name: str) -> int | None:
    """How many rows of a table are visible with that network set, None where it may not be read."""
    async with connection.transaction():
        if network is not None:
            await connection.execute("SELECT set_config('kairos.network', $1, true)", str(network))
        if not await connection.fetchval("SELECT has_table_privilege($1, 'SELECT')", name):
            return None
        return int(await connection.fetchval(f'SELECT count(*) FROM "{name}"'))
