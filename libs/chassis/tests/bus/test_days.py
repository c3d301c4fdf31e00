"""Outbox and inbox lie in days: those to come are made, those that are over leave whole."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from kairos_chassis.bus.sql_v1 import BUS_V1_SQL
from kairos_chassis.bus.sql_v2 import BUS_V2_SQL
from kairos_chassis.testing.bus_station import Station
from sqlalchemy.engine import make_url

OLD = timedelta(days=40)


def today() -> date:
    return datetime.now(UTC).date()


async def days(station: Station, *, ahead: int, keep: int | None) -> tuple[int, int, int]:
    [row] = await station.rows("select * from bus_days($1, $2, $3)", today(), ahead, keep)
    return row["made"], row["detached"], row["postponed"]


async def partitions(station: Station, table: str, schema: str = "bus_day") -> list[str]:
    rows = await station.rows(
        "select relname from pg_class where relkind = 'r' and relnamespace = $1::regnamespace"
        " and relname ~ ('^' || $2 || '_[0-9]') order by 1",
        schema,
        table,
    )
    return [row["relname"] for row in rows]


def of(day: date, table: str = "outbox") -> str:
    return f"{table}_{day:%Y_%m_%d}"


async def put(station: Station, *, on: date, published: bool) -> None:
    """A row of another day, as if it had been recorded then."""
    await station.rows(
        "insert into outbox (event_id, topic, key, sequence, shard, network_id, type, subject,"
        " time, data, dataschema, published_at, recorded_on)"
        " values ($1, 'a', $2, 1, 0, $1, 't', 's', now(), '', 'd', $3, $4)",
        uuid4(),
        str(uuid4()),
        datetime.now(UTC) if published else None,
        on,
    )


async def lying_in(station: Station) -> list[str]:
    """The partition of each row of the outbox."""
    rows = await station.rows("select tableoid::regclass::text as place from outbox")
    return [row["place"] for row in rows]


async def test_days_ahead_are_made_once(station: Station) -> None:
    await days(station, ahead=5, keep=None)

    assert await days(station, ahead=5, keep=None) == (0, 0, 0)
    for table in ("outbox", "inbox_outcome"):
        expected = [of(today() + timedelta(days=n), table) for n in range(6)]
        assert await partitions(station, table) == expected


async def test_identity_goes_on_from_day_to_day(station: Station) -> None:
    for on in (today(), today() + timedelta(days=1), today() + timedelta(days=2)):
        await put(station, on=on, published=False)

    rows = await station.rows("select id from outbox order by recorded_on")
    assert [row["id"] for row in rows] == [1, 2, 3]


async def test_a_day_that_is_over_is_detached_and_stays_readable(station: Station) -> None:
    await make_old_day(station)
    await put(station, on=today() - OLD, published=True)

    assert (await days(station, ahead=2, keep=30))[1] == 1

    name = of(today() - OLD)
    assert await partitions(station, "outbox", "bus_archive") == [name]
    assert len(await station.rows(f"select from bus_archive.{name}")) == 1
    assert await station.rows("select from outbox") == []


async def test_a_day_with_an_unpublished_event_stays(station: Station) -> None:
    await make_old_day(station)
    await put(station, on=today() - OLD, published=False)

    assert await days(station, ahead=2, keep=30) == (0, 0, 1)
    assert len(await station.rows("select from outbox")) == 1


async def test_a_kept_day_stays(station: Station) -> None:
    await make_old_day(station)

    assert await days(station, ahead=2, keep=40) == (0, 0, 0)


async def test_rows_of_a_day_without_partition_are_kept_and_sorted_later(station: Station) -> None:
    """A worker that slept for weeks must not fail a command."""
    later = today() + timedelta(days=100)
    await put(station, on=later, published=False)
    assert await lying_in(station) == ["bus_day.outbox_default"]

    [row] = await station.rows("select * from bus_days($1, 2, null)", later + timedelta(days=5))

    assert row["made"] > 0
    assert await lying_in(station) == [f"bus_day.{of(later)}"]


async def test_nobody_waits_behind_the_detaching(station: Station) -> None:
    await make_old_day(station)
    async with station.db.transaction(None) as reader:
        await reader.connection.fetch("select from outbox")

        assert await days(station, ahead=2, keep=30) == (0, 0, 1)

    assert await days(station, ahead=2, keep=30) == (0, 1, 0)


async def test_service_may_not_make_partitions_by_itself(station: Station) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await station.rows("create table bus_day.outbox_9 partition of outbox default")


async def test_migration_keeps_what_was_recorded_before(postgres_admin_url: str) -> None:
    name = f"before_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(postgres_admin_url)
    await admin.execute(f"create role {name}")
    await admin.execute(f"create database {name}")
    await admin.close()
    url = make_url(postgres_admin_url).set(database=name)
    owner = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await owner.execute(BUS_V1_SQL.replace("{runtime}", name))
        await insert_as_before(owner, "a", 1)
        await insert_as_before(owner, "a", 2)

        await owner.execute(BUS_V2_SQL.replace("{runtime}", name))
        await insert_as_before(owner, "a", 3)

        rows = await owner.fetch("select id, sequence from outbox order by id")
        assert [tuple(row) for row in rows] == [(1, 1), (2, 2), (3, 3)]
        await owner.execute("update outbox set published_at = now()")
    finally:
        await owner.close()


async def insert_as_before(owner: "asyncpg.Connection[Any]", key: str, sequence: int) -> None:
    """What a process of the version before writes."""
    await owner.execute(
        "insert into outbox (topic, key, network_id, shard, sequence, event_id, type, subject,"
        " time, data, dataschema) values ('t', $1, $2, 0, $3, $2, 't', 's', now(), '', 'd')",
        key,
        uuid4(),
        sequence,
    )


async def make_old_day(station: Station) -> None:
    """A partition of a day forty days ago, as it would have been made then."""
    owner = await asyncpg.connect(station.owner_url)
    try:
        await owner.execute("alter table outbox detach partition bus_day." + of(today()))
        await owner.execute(f"drop table bus_day.{of(today())}")
        await owner.execute(
            f"create table bus_day.{of(today() - OLD)} partition of outbox"
            f" for values from (minvalue) to ('{today() - OLD + timedelta(days=1)}')"
        )
        await owner.execute(
            f"create table bus_day.{of(today())} partition of outbox"
            f" for values from ('{today() - OLD + timedelta(days=1)}')"
            f" to ('{today() + timedelta(days=1)}')"
        )
    finally:
        await owner.close()
