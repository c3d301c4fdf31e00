"""Whom intake has erased is erased everywhere, and stays so when yesterday's copy is restored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis import erasure, patient_keys
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Transaction
from kairos_chassis.key_ring import FileKeyRing
from kairos_chassis.retention import platform_retention
from kairos_chassis.statements import statement
from kairos_chassis.testing.databases import Databases, ServiceDatabase
from kairos_chassis.testing.harness import Harness, running
from kairos_chassis.words import GONE
from kairos_events.intake import PatientErasedV1, PatientMergedV1
from sqlalchemy import Table, select
from sqlalchemy.engine import make_url

from tests.edge.services import service_of, settings_of

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2040, 1, 1, 12, 0, tzinfo=UTC)  # every schedule has run out
WORDS = "She spoke of the sea."
CONSUMERS = ("scheduling", "dosing", "integration")


@dataclass(slots=True)
class Place:
    """A service, its database and where its ring is."""

    name: str
    database: ServiceDatabase
    folder: Path

    @asynccontextmanager
    async def open(self, at: datetime) -> AsyncIterator[Harness]:
        extra = settings_of(self.name, self.database, self.folder)
        extra["key_ring_file"] = self.folder / "ring.json"
        async with running(
            service_of(self.name), self.database, FrozenClock(at), self.folder, **extra
        ) as started:
            yield started


@pytest.fixture(params=CONSUMERS)
async def place(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Place:
    return Place(request.param, await databases.make(request.param), tmp_path)


def table_of(name: str) -> tuple[Table, str]:
    """A table of each service with words about a patient, and the column they are in."""
    if name == "scheduling":
        from scheduling.store.tables import reminder_address

        return reminder_address, "address"
    if name == "dosing":
        from dosing.store.record_tables import adverse_event

        return adverse_event, "narrative"
    from integration.store.tables import team_message

    return team_message, "words"


async def write(service: Harness, network: UUID, patient: UUID) -> None:
    """Keep words about a patient as the service's own store does: through its tables."""
    name = service.service.name
    now = service.clock.now()
    rows: dict[str, dict[str, Any]] = {
        "scheduling": {"language": "en", "set_at": now},
        "dosing": {
            "adverse_event_id": uuid4(),
            "version": 1,
            "session_id": None,
            "site_id": uuid4(),
            "code": "nausea",
            "grade": "1",
            "seriousness": [],
            "outcome": "resolved",
            "onset_at": now,
            "recorded_by": uuid4(),
            "recorded_at": now,
        },
        "integration": {"id": uuid4(), "author_id": uuid4(), "sent_at": now},
    }
    table, column = table_of(name)
    values = {**rows[name], "network_id": network, "patient_id": patient, column: WORDS}
    async with service.db.transaction(network) as tx:
        tx.insert(table, **values)


async def read(service: Harness, network: UUID, patient: UUID) -> list[str]:
    table, column = table_of(service.service.name)
    found = statement(select(table).where(table.c.patient_id == patient))
    async with service.db.transaction(network) as tx:
        return [row[column] for row in await tx.fetch(found)]


async def erase(service: Harness, network: UUID, patient: UUID) -> None:
    event = PatientErasedV1(patient_id=patient, request_id=uuid4(), erased_at=service.clock.now())
    await service.deliver(event, network)


async def copy_of(databases: Databases, database: ServiceDatabase) -> ServiceDatabase:
    """Yesterday's backup, restored beside."""
    name = f"{database.name}_restored"
    admin = await asyncpg.connect(databases.admin_url)
    owner = make_url(database.owner_url).username
    runtime = make_url(database.runtime_url).username
    await admin.execute(f'CREATE DATABASE {name} TEMPLATE {database.name} OWNER "{owner}"')
    await admin.execute(f'GRANT CONNECT ON DATABASE {name} TO "{runtime}"')
    if runtime == "integration":
        await admin.execute(f"GRANT CONNECT ON DATABASE {name} TO integration_notes")
    await admin.close()

    def there(url: str) -> str:
        return make_url(url).set(database=name).render_as_string(hide_password=False)

    return ServiceDatabase(
        name, there(database.runtime_url), there(database.owner_url), there(database.admin_url)
    )


async def everything(database: ServiceDatabase) -> str:
    admin = await asyncpg.connect(database.admin_url)
    try:
        tables = await admin.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return "".join([str(await admin.fetch(f"SELECT * FROM {one['name']}")) for one in tables])
    finally:
        await admin.close()


async def restore_keys(present: ServiceDatabase, restored: ServiceDatabase) -> None:
    """The table of patients' keys is restored from its newest copy: see docs/security."""
    here = await asyncpg.connect(present.admin_url)
    there = await asyncpg.connect(restored.admin_url)
    rows = [tuple(row) for row in await here.fetch("SELECT * FROM patient_key")]
    columns = [*(await here.fetchrow("SELECT * FROM patient_key LIMIT 1") or {}).keys()]
    await there.execute("DELETE FROM patient_key")
    await there.copy_records_to_table("patient_key", records=rows, columns=columns)
    await here.close()
    await there.close()


async def test_erasure_holds_against_yesterdays_backup(place: Place, databases: Databases) -> None:
    network, patient, other = uuid4(), uuid4(), uuid4()
    async with place.open(NOON) as service:
        for one in (patient, other):
            await write(service, network, one)
        assert await read(service, network, patient) == [WORDS]
    yesterday = await copy_of(databases, place.database)
    ring = FileKeyRing(place.folder / "ring.json")
    before = ring.current
    async with place.open(LATER) as service:
        await erase(service, network, patient)
        assert await read(service, network, patient) in ([GONE], [None])
        assert await read(service, network, other) == [WORDS]
        ring.add("after")
        await patient_keys.wrap_anew(service.db, ring)
        ring.retire(before)
        assert await read(service, network, other) == [WORDS]
    assert WORDS not in await everything(yesterday)
    restored = Place(place.name, yesterday, place.folder)
    async with restored.open(LATER) as service:
        with pytest.raises(LookupError):  # nothing unwraps the old copy of the key
            await read(service, network, patient)
    await restore_keys(place.database, yesterday)
    async with restored.open(LATER) as service:
        assert await read(service, network, patient) == [GONE]
        assert await read(service, network, other) == [WORDS]


async def test_erased_patient_gets_no_new_words(place: Place) -> None:
    network, patient = uuid4(), uuid4()
    async with place.open(LATER) as service:
        await erase(service, network, patient)
        with pytest.raises(patient_keys.PatientErased):
            await write(service, network, patient)


async def test_erasure_is_in_the_trail_and_in_its_network_only(place: Place) -> None:
    network, patient = uuid4(), uuid4()
    async with place.open(NOON) as service:
        await write(service, network, patient)
        service.clock.at = LATER
        await erase(service, uuid4(), patient)
        assert await read(service, network, patient) == [WORDS]
        await erase(service, network, patient)
        entries = await service.rows("audit_entry", network)
        assert [(one["action"], one["outcome"]) for one in entries] == [
            ("patient.erase", "allowed"),
            ("event.intake.patient_erased.v1", "allowed"),
        ]
        assert entries[0]["patient_id"] == patient


async def test_what_must_be_kept_still_is_kept_until_its_day(
    databases: Databases, tmp_path: Path
) -> None:
    """Of three services one stands for all: integration, whose messages count as care."""
    place = Place("integration", await databases.make("integration"), tmp_path)
    network, patient = uuid4(), uuid4()
    async with place.open(NOON) as service:
        await write(service, network, patient)
        service.clock.advance(timedelta(days=365))
        await erase(service, network, patient)
        assert await read(service, network, patient) == [WORDS]
        entry, heard = await service.rows("audit_entry", network)
        assert (entry["outcome"], entry["reason"]) == ("refused", "still_kept")
        assert heard["action"] == "event.intake.patient_erased.v1"
        until = platform_retention().of(erasure.KIND, "*").keep_until(NOON.date())
        service.clock.at = datetime(until.year, until.month, until.day, 23, 59, tzinfo=UTC)
        await service.run_due()
        assert await read(service, network, patient) == [WORDS]
        service.clock.advance(timedelta(minutes=1))
        await service.run_due()
        assert await read(service, network, patient) == [GONE]


async def test_controlled_substance_records_stay(databases: Databases, tmp_path: Path) -> None:
    """Nothing that the books need hangs on a patient's key."""
    from dosing.store import drug_tables
    from kairos_chassis.words import Words, WordsJson, WordsList

    sealed = [
        f"{table.name}.{column.name}"
        for table in (drug_tables.ledger_entry, drug_tables.container, drug_tables.dose)
        for column in table.c
        if isinstance(column.type, Words | WordsJson | WordsList)
    ]
    assert sealed == []
    place = Place("dosing", await databases.make("dosing"), tmp_path)
    network, patient = uuid4(), uuid4()
    async with place.open(LATER) as service:
        books = ("ledger_entry", "dose", "container", "adverse_event")
        await write(service, network, patient)
        counted = [len(await service.rows(one, network)) for one in books]
        await erase(service, network, patient)
        assert [len(await service.rows(one, network)) for one in books] == counted


async def test_care_under_a_merged_record_keeps_the_whole_person(
    databases: Databases, tmp_path: Path
) -> None:
    """Of three services one stands for all: integration, whose messages count as care."""
    place = Place("integration", await databases.make("integration"), tmp_path)
    network, survivor, merged, stranger = uuid4(), uuid4(), uuid4(), uuid4()
    async with place.open(NOON) as service:
        for one in (survivor, stranger):
            await write(service, network, one)
        told = PatientMergedV1(
            surviving_patient_id=survivor,
            merged_patient_id=merged,
            merged_by=uuid4(),
            merged_at=NOON,
        )
        await service.deliver(told, network)
        service.clock.at = LATER - timedelta(days=30)
        await write(service, network, merged)
        service.clock.at = LATER
        for one in (survivor, merged, stranger):
            await erase(service, network, one)
        assert await read(service, network, survivor) == [WORDS]
        assert await read(service, network, stranger) == [GONE]  # the twin: nobody's other record
        service.clock.at = LATER + timedelta(days=3700)
        await service.run_due()
        for one in (survivor, merged):
            assert await read(service, network, one) == [GONE]


async def test_chart_is_kept_by_the_schedule_of_the_state_of_care(
    databases: Databases, tmp_path: Path
) -> None:
    place = Place("dosing", await databases.make("dosing"), tmp_path)
    network, here, there = uuid4(), uuid4(), uuid4()

    async def last_care(_tx: Transaction, _patient: UUID) -> datetime | None:
        return LATER - timedelta(days=15 * 365)

    async def places(_tx: Transaction, patient: UUID) -> list[tuple[str | None, UUID | None]]:
        return [("MA", uuid4())] if patient == here else [("CO", uuid4())]

    async with place.open(LATER) as service:
        for one in (here, there):
            await write(service, network, one)
            async with service.db.transaction(network) as tx:
                await erasure.Erasure(last_care, places=places).erase(one, tx)
        assert await read(service, network, here) == [WORDS]
        assert await read(service, network, there) == [GONE]
