"""A fact told in two versions: a reader of the old and a reader of the new have it once each."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from kairos_chassis import outbox
from kairos_chassis.bus.consumer import Consumer
from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers
from kairos_chassis.testing.bus_station import NETWORK, Station, eventually, running
from kairos_events.dosing import SessionAbortedV1, SessionAbortedV2
from kairos_events.dosing.session_aborted_v2 import AbortCause
from kairos_events.envelope import Envelope
from kairos_events.fields import Route
from kairos_events.model import Reader

TOPIC = SessionAbortedV2.topic
OLD, NEW = 1, 2


class ReadsOld(Reader, type=SessionAbortedV1.type):
    """What a service reads that was not yet upgraded."""

    patient_id: UUID


class ReadsNew(Reader, type=SessionAbortedV2.type):
    """What an upgraded one reads."""

    patient_id: UUID
    cause: AbortCause


class Dosing:
    """A catalogue of both versions."""

    def knows(self, event_type: str) -> bool:
        return event_type in {ReadsOld.type, ReadsNew.type}

    def topic_of(self, event_type: str) -> str:
        return TOPIC

    def partitions(self, topic: str) -> int:
        return 3


def handlers_of(name: str, *versions: int) -> Handlers:
    """A service that reads these versions and writes which it has read."""
    handlers = Handlers(name)

    async def keep(tx: Transaction, patient: UUID, version: int) -> None:
        await tx.connection.execute(
            "insert into effect (key, number) values ($1, $2)", patient, version
        )

    if OLD in versions:

        @handlers.on(ReadsOld)
        async def on_old(event: ReadsOld, _: Envelope, tx: Transaction) -> None:
            await keep(tx, event.patient_id, OLD)

    if NEW in versions:

        @handlers.on(ReadsNew)
        async def on_new(event: ReadsNew, _: Envelope, tx: Transaction) -> None:
            await keep(tx, event.patient_id, NEW)

    return handlers


async def effects(station: Station, patients: list[UUID], *handlers: Handlers) -> list[int]:
    """What consumers with these handlers make of facts about the patients, sorted."""
    station.topic = TOPIC
    for patient in patients:
        async with station.db.transaction(NETWORK) as tx:
            await outbox.append(tx, aborted(patient))
    async with station.relaying(), station.watching() as watch:
        await station.published()
        consumers = [
            Consumer(
                db=station.db,
                watch=watch,
                settings=station.settings,
                handlers=one,
                catalogue=Dosing(),
                on_stuck=station.stuck.set,
            )
            for one in handlers
        ]
        first, second = consumers
        async with running(first.run(), first.stop), running(second.run(), second.stop):
            await _settled(station, patients, len(handlers))
    rows = await station.rows("select number from effect where key = any($1)", patients)
    return sorted(row["number"] for row in rows)


async def _settled(station: Station, patients: list[UUID], readers: int) -> None:
    """Both records of each fact were brought to an end by each reader."""

    async def holds() -> bool:
        rows = await station.rows(
            "select 1 from inbox_position where key = any($1) and last_sequence = 2",
            [str(one) for one in patients],
        )
        return len(rows) == len(patients) * readers

    await eventually(holds, "both versions consumed by all")


def aborted(patient: UUID) -> SessionAbortedV2:
    return SessionAbortedV2(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=patient,
        site_id=uuid4(),
        route=Route.IM,
        cause=AbortCause.CLEARANCE,
        reason="not_cleared",
        aborted_by=uuid4(),
        aborted_at=datetime.now(UTC),
    )


async def test_each_reader_has_the_fact_once_in_its_own_version(station: Station) -> None:
    patients = [uuid4() for _ in range(5)]
    suffix = station.handlers.service

    found = await effects(
        station, patients, handlers_of(f"old{suffix}", OLD), handlers_of(f"new{suffix}", NEW)
    )

    assert found == [OLD] * 5 + [NEW] * 5


async def test_reader_of_both_would_have_it_twice(station: Station) -> None:
    """Why a service reads one version: the two records are one fact, and two events."""
    patients = [uuid4()]
    suffix = station.handlers.service

    found = await effects(
        station,
        patients,
        handlers_of(f"both{suffix}", OLD, NEW),
        handlers_of(f"spare{suffix}", OLD),
    )

    assert found == [OLD, OLD, NEW]
