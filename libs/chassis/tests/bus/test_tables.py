"""The frozen DDL and the table declarations say the same."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from kairos_chassis.bus.tables import SHARDS, define_bus_tables, shard_of
from kairos_chassis.tables import platform
from kairos_chassis.testing.bus_station import Station
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine


def declared() -> sa.MetaData:
    metadata = sa.MetaData()
    define_bus_tables(metadata)
    return metadata


async def differences(station: Station, metadata: sa.MetaData) -> list[object]:
    others = {"effect", *platform.tables}

    def compare(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or name not in others,
            },
        )
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(make_url(station.url).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


async def test_frozen_sql_makes_the_declared_tables(station: Station) -> None:
    assert await differences(station, declared()) == []


async def test_a_declaration_that_differs_would_show(station: Station) -> None:
    metadata = declared()
    metadata.tables["outbox"].append_column(sa.Column("planted", sa.Text))

    assert len(await differences(station, metadata)) == 1


def test_shard_of_a_key_never_changes() -> None:
    assert shard_of("0190b6a0-0000-7000-8000-000000000001") == 3
    assert {shard_of(str(n)) for n in range(1000)} == set(range(SHARDS))
