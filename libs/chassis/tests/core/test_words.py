"""Words rest as ciphertext under their patient's key, and nobody who works with them need know."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database, Transaction
from kairos_chassis.key_ring import FileKeyRing
from kairos_chassis.patient_keys import NotSealedHere, PatientErased, destroy
from kairos_chassis.statements import statement
from kairos_chassis.tables import tenant_sql
from kairos_chassis.words import GONE, PatientSealing, Words, WordsJson
from sqlalchemy import Column, MetaData, Table, Uuid, bindparam, select, update
from sqlalchemy.engine import make_url

from .conftest import NOON

WORDS = "She spoke of the sea."
PLAN = {"goals": ["walk by the sea"], "times": 3}
remark = Table(
    "remark",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("body", Words),
    Column("plan", WordsJson),
)
FIND = statement(select(remark).where(remark.c.id == bindparam("id")))
SAVE = statement(
    update(remark).where(remark.c.id == bindparam("of")).values(body=bindparam("new_body"))
)


@pytest.fixture
async def admin(
    chassis_database: str, postgres_admin_url: str
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    url = make_url(postgres_admin_url).set(database=make_url(chassis_database).database)
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    await connection.execute(
        "DROP TABLE IF EXISTS remark; CREATE TABLE remark (id uuid PRIMARY KEY,"
        " network_id uuid NOT NULL, patient_id uuid NOT NULL, body text, plan jsonb)"
    )
    runtime = make_url(chassis_database).username or ""
    await connection.execute(tenant_sql(["remark"], runtime, "SELECT, INSERT, UPDATE"))
    yield connection
    await connection.execute("DROP TABLE remark")
    await connection.close()


@pytest.fixture
async def sealed(
    chassis_database: str, admin: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> AsyncIterator[Database]:
    ring = FileKeyRing(tmp_path / "ring.json")
    ring.add("first")
    opened = await Database.connect(
        chassis_database, FrozenClock(NOON), size=4, name="test", sealing=PatientSealing(ring)
    )
    yield opened
    await opened.close()


async def keep(db: Database, network: UUID, patient: UUID) -> UUID:
    identity = uuid4()
    async with db.transaction(network, lazily=True) as tx:
        tx.insert(
            remark, id=identity, network_id=network, patient_id=patient, body=WORDS, plan=PLAN
        )
    return identity


async def test_words_rest_sealed_and_are_read_as_typed(
    sealed: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    network, patient = uuid4(), uuid4()
    identity = await keep(sealed, network, patient)
    kept = await admin.fetchval("SELECT r::text FROM remark r WHERE id = $1", identity)
    assert "the sea" not in kept
    async with sealed.transaction(network) as tx:
        row = await tx.fetch_one(FIND, id=identity)
        assert row is not None
        assert (row["body"], row["plan"]) == (WORDS, PLAN)
        tx.about(patient)
        tx.write(SAVE, of=identity, new_body="and of the sea again")
        (row,) = await tx.fetch(FIND, id=identity)
        assert row["body"] == "and of the sea again"
    assert "the sea" not in await admin.fetchval("SELECT body FROM remark WHERE id = $1", identity)


async def test_erased_patient_s_words_are_gone_and_no_new_ones_are_kept(sealed: Database) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    gone, kept = [await keep(sealed, network, one) for one in (patient, other)]
    async with sealed.transaction(network) as tx:
        await destroy(tx, patient)
    async with sealed.transaction(network) as tx:
        rows = [await tx.fetch_one(FIND, id=one) for one in (gone, kept)]
        found = [(row["body"], row["plan"]) for row in rows if row is not None]
    assert found == [(GONE, {}), (WORDS, PLAN)]
    with pytest.raises(PatientErased):
        await keep(sealed, network, patient)


async def test_words_moved_to_another_patient_or_changed_do_not_open(
    sealed: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    mine, theirs = [await keep(sealed, network, one) for one in (patient, other)]
    body: str = await admin.fetchval("SELECT body FROM remark WHERE id = $1", mine)
    forged = [body.replace(patient.hex, other.hex), body[:-8] + "AAAAAAA=", "kpw1.no.base64"]
    for one in forged:
        await admin.execute("UPDATE remark SET body = $2 WHERE id = $1", theirs, one)
        with pytest.raises(NotSealedHere):
            async with sealed.transaction(network) as tx:
                await tx.fetch_one(FIND, id=theirs)


async def test_words_of_before_are_read_as_they_are_and_nothing_is_nothing(
    db: Database, sealed: Database
) -> None:
    network, patient = uuid4(), uuid4()
    plain = await keep(db, network, patient)  # a service without a ring
    empty = uuid4()
    async with sealed.transaction(network) as tx:
        tx.insert(remark, id=empty, network_id=network, patient_id=patient, body=None)
        first, second = [await tx.fetch_one(FIND, id=one) for one in (plain, empty)]
    assert first is not None
    assert second is not None
    assert (first["body"], first["plan"]) == (WORDS, PLAN)
    assert (second["body"], second["plan"]) == (None, None)


async def test_words_that_nobody_is_named_for_are_not_kept(sealed: Database) -> None:
    network, patient = uuid4(), uuid4()
    identity = await keep(sealed, network, patient)
    with pytest.raises(RuntimeError, match="whose"):
        async with sealed.transaction(network) as tx:
            tx.write(SAVE, of=identity, new_body="x")


async def test_words_that_look_sealed_are_kept_as_words(sealed: Database) -> None:
    network, patient = uuid4(), uuid4()
    identity = uuid4()
    looks = {"sealed": f"kpw1.{patient.hex}.AAAA"}
    async with sealed.transaction(network) as tx:
        tx.insert(
            remark,
            id=identity,
            network_id=network,
            patient_id=patient,
            body=looks["sealed"],
            plan=looks,
        )
        row = await tx.fetch_one(FIND, id=identity)
    assert row is not None
    assert (row["body"], row["plan"]) == (looks["sealed"], looks)


async def test_known_key_is_not_asked_for_again_and_forgotten_with_its_patient(
    sealed: Database, admin: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    network, patient = uuid4(), uuid4()
    await keep(sealed, network, patient)
    key = await admin.fetchrow("SELECT wrapped FROM patient_key WHERE patient_id = $1", patient)
    assert key is not None
    hidden = "UPDATE patient_key SET wrapped = $2 WHERE patient_id = $1"
    await admin.execute(hidden, patient, b"no key at all, but nobody asks")
    identity = await keep(sealed, network, patient)
    async with sealed.transaction(network) as tx:
        row = await tx.fetch_one(FIND, id=identity)
        assert row is not None
        assert row["body"] == WORDS
    await admin.execute(hidden, patient, key["wrapped"])
    async with sealed.transaction(network) as tx:
        await destroy(tx, patient)
    with pytest.raises(PatientErased):
        await keep(sealed, network, patient)


async def test_key_of_a_transaction_that_failed_is_not_remembered(sealed: Database) -> None:
    network, patient = uuid4(), uuid4()

    async def fails() -> None:
        async with sealed.transaction(network) as tx:
            tx.insert(remark, id=uuid4(), network_id=network, patient_id=patient, body=WORDS)
            await tx.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    identity = await keep(sealed, network, patient)
    async with sealed.transaction(network) as tx:
        row = await tx.fetch_one(FIND, id=identity)
        assert row is not None
        assert row["body"] == WORDS


async def test_key_made_in_an_attempt_that_failed_is_made_anew(sealed: Database) -> None:
    """Else what is said after it would be sealed with a key that nobody keeps."""
    network, patient, identity = uuid4(), uuid4(), uuid4()

    async def attempt(tx: Transaction) -> None:
        async with tx.attempt():
            tx.insert(remark, id=uuid4(), network_id=network, patient_id=patient, body=WORDS)
            await tx.flush()
            raise LookupError

    async with sealed.transaction(network) as tx:
        with pytest.raises(LookupError):
            await attempt(tx)
        tx.insert(remark, id=identity, network_id=network, patient_id=patient, body=WORDS)
    async with sealed.transaction(network) as tx:
        row = await tx.fetch_one(FIND, id=identity)
    assert row is not None
    assert row["body"] == WORDS
    again = await keep(sealed, network, patient)
    async with sealed.transaction(network) as tx:
        row = await tx.fetch_one(FIND, id=again)
    assert row is not None
    assert row["body"] == WORDS
