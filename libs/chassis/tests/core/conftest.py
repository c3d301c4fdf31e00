"""A database with the platform's tables and one tenant table, for a role that owns nothing."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest
from kairos_chassis.bus.sql_v1 import BUS_V1_SQL
from kairos_chassis.bus.sql_v2 import BUS_V2_SQL
from kairos_chassis.bus.sql_v3 import BUS_V3_SQL
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database
from kairos_chassis.tables import PLATFORM_V1_SQL, TIMERS_V1_SQL, tenant_sql
from kairos_chassis.trust_tables import trust_sql
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.engine import make_url

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)

thing = Table(
    "thing",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
)


@pytest.fixture(scope="session")
async def chassis_database(postgres_admin_url: str) -> str:
    """The address of the database for the runtime role."""
    return await make_database(postgres_admin_url)


async def make_database(postgres_admin_url: str) -> str:
    """A database with the platform's tables. Returns its address for the runtime role."""
    name, password = f"chassis_{secrets.token_hex(3)}", secrets.token_hex(8)
    admin = await asyncpg.connect(postgres_admin_url)
    await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    url = make_url(postgres_admin_url).set(database=name)
    owner = await asyncpg.connect(url.render_as_string(hide_password=False))
    await owner.execute(PLATFORM_V1_SQL.replace("{runtime}", name))
    await owner.execute(TIMERS_V1_SQL.replace("{runtime}", name))
    await owner.execute((BUS_V1_SQL + BUS_V2_SQL + BUS_V3_SQL).replace("{runtime}", name))
    await owner.execute(trust_sql(name))
    await owner.execute(
        "CREATE TABLE thing (id uuid PRIMARY KEY, network_id uuid NOT NULL,"
        " name text NOT NULL CONSTRAINT thing_name_key UNIQUE, version integer NOT NULL)"
    )
    await owner.execute(tenant_sql(["thing"], name, "SELECT, INSERT, UPDATE"))
    await owner.close()
    runtime = url.set(username=name, password=password)
    return runtime.render_as_string(hide_password=False)


@pytest.fixture
async def db(chassis_database: str) -> AsyncIterator[Database]:
    """A pool of four."""
    opened = await Database.connect(chassis_database, FrozenClock(NOON), size=4, name="test")
    yield opened
    await opened.close()
