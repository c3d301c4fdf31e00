"""Alembic, run alike by every service: as the owner role, one at a time, with a lock timeout."""

import importlib.util
from pathlib import Path

from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import MetaData, pool, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import await_only

from kairos_chassis.bus.sql_v1 import BUS_V1_SQL
from kairos_chassis.bus.sql_v2 import BUS_V2_SQL
from kairos_chassis.bus.sql_v3 import BUS_V3_SQL
from kairos_chassis.bus.tables import define_bus_tables
from kairos_chassis.tables import PLATFORM_V1_SQL, TIMERS_V1_SQL, platform, site_sql, tenant_sql
from kairos_chassis.trust_tables import trust_sql, trust_v2_sql, trust_v3_sql

_ADVISORY_LOCK = 0x6B6169726F73  # "kairos": two migrations of one database wait for each other


def directory_of(package: str) -> Path:
    """Where a service keeps its migrations: inside its wheel, or beside src in a checkout."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    inside = Path(spec.origin).parent / "migrations"
    return inside if inside.is_dir() else Path(spec.origin).parents[2] / "migrations"


def config_for(package: str, url: str, runtime_role: str) -> Config:
    """Alembic's configuration of one service."""
    config = Config()
    config.set_main_option("script_location", str(directory_of(package)))
    config.attributes["url"] = url
    config.attributes["runtime_role"] = runtime_role
    return config


def upgrade(package: str, url: str, runtime_role: str) -> None:
    """Bring a database to the newest revision. Safe to run twice and side by side."""
    command.upgrade(config_for(package, url, runtime_role), "head")


def run_environment(metadata: MetaData) -> None:
    """What every service's migrations/env.py calls. `metadata` are the service's own tables."""
    import asyncio

    asyncio.run(_run(context.config.attributes["url"], metadata))


async def _run(url: str, metadata: MetaData) -> None:
    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(address, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate, metadata)
            await connection.commit()
    finally:
        await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    context.configure(connection=connection, target_metadata=whole(metadata))
    with context.begin_transaction():
        context.run_migrations()


def whole(metadata: MetaData) -> MetaData:
    """The service's tables together with the chassis's."""
    together = MetaData()
    for source in (metadata, platform):
        for table in source.tables.values():
            table.to_metadata(together)
    define_bus_tables(together)
    return together


def runtime_role() -> str:
    """The role the service runs as, quoted, for GRANTs in a migration."""
    role: str = context.config.attributes["runtime_role"]
    return '"' + role.replace('"', '""') + '"'


def script(sql: str) -> None:
    """Run several statements of plain SQL in the migration's transaction."""
    bind = op.get_bind()
    bind.execute(text("SELECT 1"))  # the driver opens its transaction at the first statement
    driver = bind.connection.driver_connection
    await_only(driver.execute(sql))  # type: ignore[union-attr]


def platform_v1() -> None:
    """The chassis's tables, first version. Every service's first migration calls this."""
    role = runtime_role()
    script(f"GRANT USAGE ON SCHEMA public TO {role};")
    script(PLATFORM_V1_SQL.replace("{runtime}", role))
    script(BUS_V1_SQL.replace("{runtime}", role))


def timers_v1() -> None:
    """The table of what falls due."""
    script(TIMERS_V1_SQL.replace("{runtime}", runtime_role()))


def platform_v2() -> None:
    """Outbox and inbox in daily partitions. Processes of the version before run on with it."""
    script(BUS_V2_SQL.replace("{runtime}", runtime_role()))


def platform_v3() -> None:
    """How the relay looks at the outbox. Processes of the version before run on with it."""
    script(BUS_V3_SQL.replace("{runtime}", runtime_role()))


def trust_v1() -> None:
    """The tables that account for access: the sealed audit trail, break-glass, keys."""
    script(trust_sql(runtime_role()))


def tenants(*tables: str, rights: str = "SELECT, INSERT") -> None:
    """Row-level security and rights for the service's tables."""
    script(tenant_sql(tables, runtime_role(), rights))


def trust_v3() -> None:
    """Old answers for repeats, and partners' ended tokens, may be deleted."""
    script(trust_v3_sql(runtime_role()))


def sites(**tables: tuple[str, ...]) -> None:
    """Row-level security by site: each table with its columns of sites."""
    for table, columns in tables.items():
        script(site_sql(table, *columns))


def trust_v2() -> None:
    """Partners' tokens and care teams."""
    script(trust_v2_sql(runtime_role()))
