"""A lazy transaction that only adds rows is one statement, with the same promises as any other."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis import outbox
from kairos_chassis.db import Database, Transaction
from kairos_chassis.statements import statement
from kairos_events.fields import Route
from kairos_events.integration import EpisodeOpenedV1
from sqlalchemy import bindparam, func, select, update

from .conftest import NOON, thing

COUNT = statement(select(func.count()).select_from(thing))
RENAME = statement(
    update(thing)
    .where(thing.c.id == bindparam("of"), thing.c.version == bindparam("seen"))
    .values(name=bindparam("name"))
)


class Stale(Exception):
    pass


class Taken(Exception):
    pass


def put(tx: Transaction, *, network: UUID | None = None, name: str | None = None) -> None:
    owner = network or tx.network
    tx.insert(thing, id=uuid4(), network_id=owner, name=name or str(uuid4()), version=1)


def watch(tx: Transaction) -> list[str]:
    """The statements that this transaction sends from now on."""
    sent: list[str] = []

    def note(record: Any) -> None:
        # asyncpg asks for the types of a new statement by itself.
        if not record.query.startswith(("\n", "WITH RECURSIVE typeinfo")):
            sent.append(record.query)

    tx._connection.add_query_logger(note)
    return sent


async def count(db: Database, network: UUID) -> int:
    async with db.transaction(network) as tx:
        row = await tx.fetch_one(COUNT)
        assert row is not None
        return int(row[0])


def event(patient: UUID) -> EpisodeOpenedV1:
    return EpisodeOpenedV1(
        episode_id=uuid4(),
        session_id=uuid4(),
        patient_id=patient,
        route=Route.IM,
        opened_at=NOON,
        due_at=NOON,
    )


async def test_rows_and_event_leave_in_one_statement(db: Database) -> None:
    network = uuid4()
    async with db.transaction(network, lazily=True) as tx:
        sent = watch(tx)
        put(tx)
        put(tx)
        await outbox.append(tx, event(uuid4()))
    assert len(sent) == 1
    assert await count(db, network) == 2


async def test_what_needs_a_transaction_gets_one(db: Database) -> None:
    network = uuid4()
    async with db.transaction(network, lazily=True) as tx:
        sent = watch(tx)
        put(tx)
        await tx.flush()
        tx.write(RENAME, of=uuid4(), seen=1, name="-")
    assert [words.split(" ")[0] for words in sent] == ["BEGIN;", "WITH", "WITH", "COMMIT"]
    async with db.transaction(network, lazily=True) as tx:
        sent = watch(tx)
        tx.write(RENAME, of=uuid4(), seen=1, name="-")
    assert [words.split(" ")[0] for words in sent] == ["BEGIN;", "WITH", "COMMIT"]


async def test_nothing_to_do_is_nothing_sent(db: Database) -> None:
    async with db.transaction(uuid4(), lazily=True) as tx:
        sent = watch(tx)
    assert sent == []


async def test_row_of_another_network_is_refused(db: Database) -> None:
    other = uuid4()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(uuid4(), lazily=True) as tx:
            put(tx, network=other)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(None, lazily=True) as tx:
            put(tx, network=other)
    assert await count(db, other) == 0


async def test_its_network_does_not_reach_the_next_on_the_connection(db: Database) -> None:
    network = uuid4()
    for _ in range(8):
        async with db.transaction(network, lazily=True) as tx:
            put(tx)
        async with db.transaction(None) as tx:
            row = await tx.fetch_one(COUNT)
            assert row is not None
            assert row[0] == 0
    assert await count(db, network) == 8


async def test_one_refused_row_takes_all_with_it(db: Database) -> None:
    network, name, patient = uuid4(), str(uuid4()), uuid4()
    async with db.transaction(network, lazily=True) as tx:
        put(tx, name=name)
    with pytest.raises(Taken):
        async with db.transaction(network, lazily=True) as tx:
            tx.refuse_on("thing_name_key", Taken())
            put(tx)
            await outbox.append(tx, event(patient))
            put(tx, name=name)
    assert await count(db, network) == 1


async def test_write_that_must_change_something_is_rolled_back(db: Database) -> None:
    network = uuid4()
    with pytest.raises(Stale):
        async with db.transaction(network, lazily=True) as tx:
            tx.write(RENAME, otherwise=Stale(), of=uuid4(), seen=1, name="-")
            put(tx)
    assert await count(db, network) == 0


async def test_cancelled_before_its_end_leaves_no_trace(db: Database) -> None:
    network, reached = uuid4(), asyncio.Event()

    async def work() -> None:
        async with db.transaction(network, lazily=True) as tx:
            put(tx)
            reached.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await count(db, network) == 0


async def test_connection_is_out_of_reach_until_it_begins(db: Database) -> None:
    async with db.transaction(None, lazily=True) as tx:
        with pytest.raises(RuntimeError, match="begins"):
            _ = tx.connection
        await tx.begin()
        assert await tx.connection.fetchval("SELECT 1") == 1
