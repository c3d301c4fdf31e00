"""For tests of the bus: a database of a small service, with one table for the effects."""

import secrets
from uuid import uuid4

import asyncpg
from kairos_local.postgres import provision

from kairos_chassis.bus.sql_v1 import BUS_V1_SQL
from kairos_chassis.bus.sql_v2 import BUS_V2_SQL
from kairos_chassis.bus.sql_v3 import BUS_V3_SQL
from kairos_chassis.tables import PLATFORM_V1_SQL

EFFECT_SQL = """
create table effect (
    id bigint generated always as identity primary key,
    key uuid not null, number integer not null);
grant select, insert on effect to {runtime};
"""


async def make_database(admin_url: str, prefix: str) -> tuple[str, str]:
    """A database with the platform's and the bus's tables and `effect`.

    Returns the addresses for the runtime role and for the owner.
    """
    name = f"{prefix}_{secrets.token_hex(4)}"
    password = uuid4().hex
    await provision(admin_url, name, password, password)
    base = admin_url.rpartition("@")[2].partition("/")[0]
    owner_url = f"postgresql://{name}_owner:{password}@{base}/{name}"
    owner = await asyncpg.connect(owner_url)
    try:
        sql = PLATFORM_V1_SQL + BUS_V1_SQL + BUS_V2_SQL + BUS_V3_SQL + EFFECT_SQL
        await owner.execute(sql.replace("{runtime}", name))
    finally:
        await owner.close()
    return f"postgresql://{name}:{password}@{base}/{name}", owner_url
