"""A commit that did not happen is never taken for one, whoever caught what on the way."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from kairos_chassis.db import Database
from kairos_chassis.statements import statement
from kairos_chassis.transaction import Transaction
from sqlalchemy import bindparam, text, update

from .conftest import thing

RENAME = statement(
    update(thing).where(thing.c.id == bindparam("of")).values(name=bindparam("name"))
)
NAME = statement(text("select name from thing where id = :id").bindparams(bindparam("id")))


class Stale(Exception):
    pass


def values(**given: Any) -> dict[str, Any]:
    return {"id": uuid4(), "name": str(uuid4()), "version": 1, **given}


async def test_swallowed_database_error_is_no_commit(db: Database) -> None:
    """PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error."""
    network = uuid4()
    row = values(network_id=network)
    with pytest.raises(RuntimeError, match="commit"):
        async with db.transaction(network) as tx:
            tx.insert(thing, **row)
            await tx.flush()
            with suppress(asyncpg.UndefinedTableError):  # what nobody may do
                await tx.connection.execute("select from no_such_table")
    async with db.transaction(network) as tx:
        assert await tx.fetch_one(NAME, id=row["id"]) is None


async def test_swallowed_refusal_does_not_commit_the_other_half(db: Database) -> None:
    network = uuid4()
    row = values(network_id=network)
    with pytest.raises(RuntimeError, match="commit"):
        async with db.transaction(network) as tx:
            tx.write(RENAME, otherwise=Stale(), of=uuid4(), name=str(uuid4()))
            tx.insert(thing, **row)
            with suppress(Stale):
                await tx.flush()
    async with db.transaction(network) as tx:
        assert await tx.fetch_one(NAME, id=row["id"]) is None


async def test_change_of_a_row_queued_beside_its_insert_is_refused(db: Database) -> None:
    """Both would leave in one statement, whose snapshot shows the change no such row."""
    network = uuid4()
    row = values(network_id=network)
    with pytest.raises(RuntimeError, match="flush in between"):
        async with db.transaction(network) as tx:
            tx.insert(thing, **row)
            tx.write(RENAME, of=row["id"], name="lost")
    async with db.transaction(network) as tx:
        tx.insert(thing, **row)
        await tx.flush()
        tx.write(RENAME, of=row["id"], name=f"kept {network}")
    async with db.transaction(network) as tx:
        found = await tx.fetch_one(NAME, id=row["id"])
        assert found is not None
        assert found["name"] == f"kept {network}"


async def test_cancelling_during_a_rollback_still_cancels(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rolling_back, original = asyncio.Event(), Transaction.roll_back

    async def slow(tx: Transaction) -> None:
        rolling_back.set()
        await original(tx)

    monkeypatch.setattr(Transaction, "roll_back", slow)

    async def work() -> None:
        async with db.transaction(uuid4()) as tx:
            await tx.flush()
            raise Stale

    task = asyncio.create_task(work())
    await rolling_back.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.transaction(uuid4()) as tx:  # and the pool is whole
        assert await tx.fetch_one(NAME, id=uuid4()) is None
