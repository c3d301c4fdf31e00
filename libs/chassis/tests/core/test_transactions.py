"""A transaction keeps all of its work or none, shows one network only, and leaves no trace."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis import outbox
from kairos_chassis.db import Database
from kairos_chassis.statements import statement
from kairos_events.fields import Route
from kairos_events.integration import EpisodeOpenedV1
from sqlalchemy import bindparam, func, select, text, update

from .conftest import NOON, thing

COUNT = statement(select(func.count()).select_from(thing))
FIND = statement(select(thing).where(thing.c.id == bindparam("id")))
RENAME = statement(
    update(thing)
    .where(thing.c.id == bindparam("of"), thing.c.version == bindparam("seen"))
    .values(name=bindparam("name"), version=thing.c.version + 1)
)


class Stale(Exception):
    pass


class Taken(Exception):
    pass


def event(patient: UUID) -> EpisodeOpenedV1:
    return EpisodeOpenedV1(
        episode_id=uuid4(),
        session_id=uuid4(),
        patient_id=patient,
        route=Route.IM,
        opened_at=NOON,
        due_at=NOON,
    )


async def add(db: Database, network: UUID, name: str | None = None) -> UUID:
    thing_id = uuid4()
    async with db.transaction(network) as tx:
        tx.insert(thing, id=thing_id, network_id=network, name=name or str(uuid4()), version=1)
    return thing_id


async def count(db: Database, network: UUID | None) -> int:
    async with db.transaction(network) as tx:
        row = await tx.fetch_one(COUNT)
        assert row is not None
        return int(row[0])


async def outbox_of(db: Database, key: UUID) -> list[asyncpg.Record]:
    query = text("select sequence, id from outbox where key = :key order by id")
    async with db.transaction(None) as tx:
        return await tx.fetch(statement(query.bindparams(bindparam("key"))), key=str(key))


async def test_row_and_event_both_or_neither(db: Database) -> None:
    network, patient = uuid4(), uuid4()

    with pytest.raises(RuntimeError, match="half-way"):
        async with db.transaction(network) as tx:
            tx.insert(thing, id=uuid4(), network_id=network, name=str(uuid4()), version=1)
            await outbox.append(tx, event(patient))
            await tx.flush()
            raise RuntimeError("half-way")
    assert await count(db, network) == 0
    assert await outbox_of(db, patient) == []

    async with db.transaction(network) as tx:
        tx.insert(thing, id=uuid4(), network_id=network, name=str(uuid4()), version=1)
        await outbox.append(tx, event(patient))
    assert await count(db, network) == 1
    assert len(await outbox_of(db, patient)) == 1


async def test_cancelled_work_leaves_no_trace_and_no_broken_connection(db: Database) -> None:
    network, reached = uuid4(), asyncio.Event()

    async def work() -> None:
        async with db.transaction(network) as tx:
            tx.insert(thing, id=uuid4(), network_id=network, name=str(uuid4()), version=1)
            await tx.flush()
            reached.set()
            await asyncio.sleep(60)

    tasks = [asyncio.create_task(work()) for _ in range(4)]
    await reached.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert [await count(db, network) for _ in range(8)] == [0] * 8


async def test_sequence_per_key_is_gap_free_and_in_commit_order(db: Database) -> None:
    network, patient = uuid4(), uuid4()

    async def one(index: int) -> None:
        async with db.transaction(network) as tx:
            for _ in range(1 + index % 3):
                await outbox.append(tx, event(patient))
            await tx.flush()
            if index % 4 == 0:
                raise RuntimeError("rolled back")

    results = await asyncio.gather(*(one(i) for i in range(40)), return_exceptions=True)

    kept = sum(1 + i % 3 for i, r in enumerate(results) if r is None)
    sequences = [row["sequence"] for row in await outbox_of(db, patient)]
    assert sequences == list(range(1, kept + 1))


async def test_no_network_sees_no_rows(db: Database) -> None:
    network = uuid4()
    await add(db, network)
    assert await count(db, network) == 1
    assert await count(db, uuid4()) == 0
    assert await count(db, None) == 0


async def test_setting_of_one_transaction_does_not_reach_the_next(db: Database) -> None:
    network = uuid4()
    await add(db, network)
    for _ in range(8):
        assert await count(db, network) == 1
        assert await count(db, None) == 0


async def test_row_of_another_network_cannot_be_written(db: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(uuid4()) as tx:
            tx.insert(thing, id=uuid4(), network_id=uuid4(), name=str(uuid4()), version=1)


async def test_write_that_changes_nothing_raises_what_it_was_told(db: Database) -> None:
    network = uuid4()
    thing_id = await add(db, network)
    with pytest.raises(Stale):
        async with db.transaction(network) as tx:
            tx.write(RENAME, otherwise=Stale(), of=thing_id, seen=7, name=str(uuid4()))
    async with db.transaction(network) as tx:
        tx.write(RENAME, otherwise=Stale(), of=thing_id, seen=1, name="renamed-" + str(uuid4()))
    async with db.transaction(network) as tx:
        row = await tx.fetch_one(FIND, id=thing_id)
        assert row is not None
        assert row["version"] == 2


async def test_constraint_speaks_the_domains_language(db: Database) -> None:
    network, name = uuid4(), str(uuid4())
    await add(db, network, name)
    with pytest.raises(Taken):
        async with db.transaction(network) as tx:
            tx.refuse_on("thing_name_key", Taken())
            tx.insert(thing, id=uuid4(), network_id=network, name=name, version=1)
    with pytest.raises(asyncpg.UniqueViolationError):
        await add(db, network, name)


async def test_read_sees_the_writes_queued_before_it(db: Database) -> None:
    network, thing_id = uuid4(), uuid4()
    async with db.transaction(network) as tx:
        tx.insert(thing, id=thing_id, network_id=network, name=str(uuid4()), version=1)
        assert await tx.fetch_one(FIND, id=thing_id) is not None


async def test_second_change_of_a_table_in_one_flush_is_refused(db: Database) -> None:
    """All branches of one statement see the same snapshot: the second would be lost silently."""
    network = uuid4()
    one, two = await add(db, network), await add(db, network)
    with pytest.raises(RuntimeError, match="twice"):
        async with db.transaction(network) as tx:
            tx.write(RENAME, of=one, seen=1, name=str(uuid4()))
            tx.write(RENAME, of=two, seen=1, name=str(uuid4()))
    async with db.transaction(network) as tx:
        tx.write(RENAME, of=one, seen=1, name=str(uuid4()))
        await tx.flush()
        tx.write(RENAME, of=two, seen=1, name=str(uuid4()))


async def test_parameters_are_neither_missing_nor_unknown(db: Database) -> None:
    async with db.transaction(uuid4()) as tx:
        with pytest.raises(TypeError, match="missing"):
            await tx.fetch_one(FIND)
        with pytest.raises(TypeError, match="unknown"):
            await tx.fetch_one(FIND, id=uuid4(), other=1)


async def test_attempt_that_fails_leaves_the_rest_of_the_transaction(db: Database) -> None:
    network, patient, wrong = uuid4(), uuid4(), uuid4()

    async with db.transaction(network) as tx:
        tx.insert(thing, id=uuid4(), network_id=network, name=f"before {network}", version=1)
        async with tx.attempt():
            tx.insert(thing, id=uuid4(), network_id=network, name=f"within {network}", version=1)
            await outbox.append(tx, event(patient))
        with pytest.raises(Stale):
            async with tx.attempt():
                tx.insert(thing, id=uuid4(), network_id=network, name=f"lost {network}", version=1)
                await outbox.append(tx, event(wrong))
                raise Stale
        tx.insert(thing, id=uuid4(), network_id=network, name=f"after {network}", version=1)

    assert await count(db, network) == 3
    assert len(await outbox_of(db, patient)) == 1
    assert await outbox_of(db, wrong) == []


async def test_attempt_that_the_database_refuses_is_over_and_the_rest_commits(db: Database) -> None:
    network = uuid4()
    known = await add(db, network)

    async with db.transaction(network) as tx:
        with pytest.raises(asyncpg.UniqueViolationError):
            async with tx.attempt():
                tx.insert(thing, id=known, network_id=network, name=f"again {network}", version=1)
        tx.insert(thing, id=uuid4(), network_id=network, name=f"after {network}", version=1)

    assert await count(db, network) == 2
