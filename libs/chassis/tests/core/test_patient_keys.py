"""A patient erased is erased in yesterday's backup too, and keys are rotated while all goes on."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis import patient_keys
from kairos_chassis.db import Database
from kairos_chassis.key_ring import FileKeyRing, UnknownKeyError
from kairos_chassis.operations.patient_keys import PATIENT_KEYS, StillWraps
from kairos_chassis.patient_keys import NotSealedHere, PatientErased, destroy, key_of, wrap_anew
from sqlalchemy.engine import make_url

NOTE = b"She spoke of the sea."


@pytest.fixture
def ring(tmp_path: Path) -> FileKeyRing:
    made = FileKeyRing(tmp_path / "ring.json")
    made.add("2027-03")
    return made


@pytest.fixture(autouse=True)
async def empty(admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    await admin.execute("TRUNCATE patient_key")


@pytest.fixture
async def admin(
    chassis_database: str, postgres_admin_url: str
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Whoever makes backups."""
    url = make_url(postgres_admin_url).set(database=make_url(chassis_database).database)
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    yield connection
    await connection.close()


async def seal(db: Database, ring: FileKeyRing, network: UUID, patient: UUID) -> bytes:
    async with db.transaction(network) as tx:
        key = await key_of(tx, ring, patient, "note")
        return key.seal(NOTE, "row-1")


async def read(
    db: Database, ring: FileKeyRing, network: UUID, patient: UUID, sealed: bytes
) -> bytes:
    async with db.transaction(network) as tx:
        return (await key_of(tx, ring, patient, "note")).open(sealed, "row-1")


async def test_sealed_opens_again_and_is_never_the_same_twice(
    db: Database, ring: FileKeyRing
) -> None:
    network, patient = uuid4(), uuid4()
    first, second = [await seal(db, ring, network, patient) for _ in range(2)]
    assert first != second
    assert NOTE not in first
    assert await read(db, ring, network, patient, first) == NOTE


async def test_sealed_opens_in_its_place_only(db: Database, ring: FileKeyRing) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    sealed = await seal(db, ring, network, patient)
    await seal(db, ring, network, other)
    async with db.transaction(network) as tx:
        key = await key_of(tx, ring, patient, "note")
        for content, place in ((sealed, "row-2"), (sealed[:-1] + b"x", "row-1"), (b"", "row-1")):
            with pytest.raises(NotSealedHere):
                key.open(content, place)
        with pytest.raises(NotSealedHere):
            (await key_of(tx, ring, other, "note")).open(sealed, "row-1")
        with pytest.raises(NotSealedHere):
            (await key_of(tx, ring, patient, "journal")).open(sealed, "row-1")


async def test_two_at_once_make_one_key(db: Database, ring: FileKeyRing) -> None:
    network, patient = uuid4(), uuid4()
    sealed = await asyncio.gather(*(seal(db, ring, network, patient) for _ in range(8)))
    for one in sealed:
        assert await read(db, ring, network, patient, one) == NOTE


async def test_erased_patient_is_not_read_again_and_gets_no_new_key(
    db: Database, ring: FileKeyRing
) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    sealed, kept = [await seal(db, ring, network, one) for one in (patient, other)]
    async with db.transaction(network) as tx:
        assert await destroy(tx, patient) == 1
    async with db.transaction(network) as tx:
        assert await destroy(tx, patient) == 0
    with pytest.raises(PatientErased):
        await read(db, ring, network, patient, sealed)
    with pytest.raises(PatientErased):
        await seal(db, ring, network, patient)
    assert await read(db, ring, network, other, kept) == NOTE


async def test_another_network_destroys_nothing(db: Database, ring: FileKeyRing) -> None:
    network, patient = uuid4(), uuid4()
    sealed = await seal(db, ring, network, patient)
    async with db.transaction(uuid4()) as tx:
        assert await destroy(tx, patient) == 0
    assert await read(db, ring, network, patient, sealed) == NOTE


async def test_erasure_holds_against_yesterdays_backup(
    db: Database, ring: FileKeyRing, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    sealed, kept = [await seal(db, ring, network, one) for one in (patient, other)]
    await admin.execute("CREATE TABLE backup AS SELECT * FROM patient_key")
    try:
        async with db.transaction(network) as tx:
            await destroy(tx, patient)
        ring.add("2027-04")
        assert await wrap_anew(db, ring) == 1
        restore = (
            "UPDATE patient_key k SET (wrapped_by, wrapped, destroyed_at) = "
            "(b.wrapped_by, b.wrapped, NULL) FROM backup b WHERE b.patient_id = k.patient_id"
        )
        before = "UPDATE patient_key SET destroyed_at = now(), wrapped = NULL WHERE patient_id = $1"
        # Until the old wrapping key is retired, the backup gives the patient back: the twin.
        await admin.execute(restore + f" AND k.patient_id = '{patient}'")
        assert await read(db, ring, network, patient, sealed) == NOTE
        await admin.execute(before, patient)
        ring.retire("2027-03")
        await admin.execute(restore + f" AND k.patient_id = '{patient}'")
        with pytest.raises(UnknownKeyError):
            await read(db, ring, network, patient, sealed)
        assert await read(db, ring, network, other, kept) == NOTE  # sealed before the backup
    finally:
        await admin.execute("DROP TABLE backup")


async def test_rotation_goes_on_beside_readers_and_writers(db: Database, ring: FileKeyRing) -> None:
    network = uuid4()
    patients = [uuid4() for _ in range(30)]
    sealed = {one: await seal(db, ring, network, one) for one in patients}
    ring.add("2027-04")

    async def reads() -> None:
        for one in patients:
            assert await read(db, ring, network, one, sealed[one]) == NOTE

    async def writes() -> None:
        for _ in range(10):
            await seal(db, ring, network, uuid4())

    counts = await asyncio.gather(
        wrap_anew(db, ring), wrap_anew(db, ring), reads(), writes(), reads()
    )
    assert counts[0] + counts[1] == 30  # type: ignore[operator]
    assert await patient_keys.in_use(db) == {"2027-04": 40}
    ring.retire("2027-03")
    await reads()


async def test_keys_of_other_networks_are_seen_in_a_rotation_only(
    db: Database, ring: FileKeyRing
) -> None:
    await seal(db, ring, uuid4(), uuid4())
    async with db.transaction(uuid4()) as tx:
        await tx.begin()
        assert await tx.connection.fetchval("SELECT count(*) FROM patient_key") == 0
    assert sum((await patient_keys.in_use(db)).values()) == 1


async def test_operator_rotates_and_retires_what_wraps_nothing(
    db: Database, ring: FileKeyRing, tmp_path: Path
) -> None:
    network, patient = uuid4(), uuid4()
    sealed = await seal(db, ring, network, patient)

    async def run(*words: str) -> dict[str, object]:
        parser = argparse.ArgumentParser()
        PATIENT_KEYS.arguments(parser)
        asked = parser.parse_args([*words, "--ring", str(tmp_path / "ring.json")])

        @asynccontextmanager
        async def connect() -> AsyncIterator[Database]:
            yield db

        return (await PATIENT_KEYS.act(asked, connect)).document

    with pytest.raises(StillWraps):
        await run("retire", "2027-03")
    assert (await run("rotate", "2027-04"))["wrapped_anew"] == 1
    assert (await run("retire", "2027-03"))["ring"] == ["2027-04"]
    assert (await run("status"))["in_use"] == {"2027-04": 1}
    assert await read(db, ring, network, patient, sealed) == NOTE


def test_ring_is_for_its_owner_alone_and_keeps_its_current_key(
    ring: FileKeyRing, tmp_path: Path
) -> None:
    assert (tmp_path / "ring.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="current"):
        ring.retire("2027-03")
    with pytest.raises(ValueError, match="of that name"):
        ring.add("2027-03")


def test_spoilt_ring_stops_whoever_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    path.write_text(json.dumps({"current": "a", "keys": {"a": "c2hvcnQ="}}))
    with pytest.raises(ValueError, match="not as it should be"):
        _ = FileKeyRing(path).current
