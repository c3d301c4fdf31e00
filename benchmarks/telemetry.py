"""Monitors' readings: how many a second dosing takes in against a bare insert, and how soon a low
saturation is an alert.

The use case runs in this process over a real, durable PostgreSQL, a batch a call, one after the
other: batches that come late, which are kept and announced, and fresh ones, which are judged by the
alert rules as well. Fresh ones go round a floor of watched sessions, so that each holds as much as
the rules look back on. The floor inserts the same rows with the bare driver, a transaction a batch.
"""

import statistics
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
from dosing.domain.series import DeviceReading
from dosing.domain.session import Session, State
from dosing.store import patients, sessions
from dosing.use_cases.record_device_batch import RecordDeviceBatch, record_device_batch
from kairos_chassis.auth import Caller
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.testing.databases import ServiceDatabase

from benchmarks.report import Row
from benchmarks.rounds import Ratio
from benchmarks.stage import Stage

SESSIONS = 40
READINGS = 60  # a batch: four signs every four seconds for a minute
_KINDS = ("spo2_percent", "heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg")
_VALUES = {"spo2_percent": 97, "heart_rate_bpm": 80, "systolic_mmhg": 120, "diastolic_mmhg": 75}
_BARE = """
INSERT INTO device_reading (session_id, device_id, kind, read_at, network_id, value, late, batch_id)
SELECT $1, $2, r.kind, r.read_at, $3, r.value, false, $4
FROM unnest($5::text[], $6::timestamptz[], $7::numeric[]) AS r(kind, read_at, value)
"""
_BATCH = """
INSERT INTO device_batch (id, network_id, session_id, device_id, accepted, duplicates, late,
  received_at) VALUES ($1, $2, $3, $4, $5, 0, 0, $6)
"""


async def measure(stage: Stage, *, rounds: int, seconds: float, alerts: int) -> list[Row]:
    """Ingest against the floor, and the latency of an alert."""
    database = await stage.databases.make("dosing")
    db = await Database.connect(database.runtime_url, SystemClock(), size=4, name="bench")
    try:
        bench = await _Bench.ready(db, database)
        late, fresh, rates = [], [], (0.0, 0.0, 0.0)
        for _ in range(rounds):
            rates = (
                await _rate(bench.take_late, seconds),
                await _rate(bench.take_fresh, seconds),
                await _rate(bench.bare, seconds),
            )
            late.append(rates[0] / rates[2])
            fresh.append(rates[1] / rates[2])
        waits = sorted([await bench.alarm() for _ in range(alerts)])
    finally:
        await db.close()
    p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    return [
        _row("late", late, rates[0], rates[2]),
        _row("fresh and judged", fresh, rates[1], rates[2]),
        Row(
            name="from a low saturation's arrival to its alert, committed",
            ratio=None,
            figures={"p50_ms": statistics.median(waits), "p99_ms": p99},
        ),
    ]


def _row(which: str, ratios: list[float], ours: float, floor: float) -> Row:
    return Row(
        name=f"readings a second, {which}, batches of {READINGS} / bare insert",
        ratio=Ratio(statistics.median(ratios), min(ratios), max(ratios)),
        figures={"readings_per_s": ours, "floor_per_s": floor},
    )


class _Bench:
    def __init__(self, db: Database, database: ServiceDatabase) -> None:
        self._db, self._database = db, database
        self._network, self._device = uuid4(), uuid4()
        self._floor_of: deque[UUID] = deque()
        self._session = UUID(int=0)
        self._moment = datetime.now(UTC) - timedelta(days=1)
        self._caller = Caller(
            subject=uuid4(),
            roles=frozenset({"service"}),
            network_id=self._network,
            sites=None,
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )

    @classmethod
    async def ready(cls, db: Database, database: ServiceDatabase) -> "_Bench":
        """A floor of watched sessions."""
        bench = cls(db, database)
        for _ in range(SESSIONS):
            bench._floor_of.append(await bench._watched())
        bench._session = bench._floor_of[0]
        return bench

    async def _watched(self) -> UUID:
        now = datetime.now(UTC)
        opened = Session(
            id=uuid4(),
            visit_id=uuid4(),
            patient_id=uuid4(),
            site_id=uuid4(),
            site_state="CO",
            site_zone="America/Denver",
            route="im",
            protocol_code="im_racemic_ketamine",
            protocol_version="2",
            opened_at=now,
        )
        async with self._db.transaction(self._network) as tx:
            patients.add(tx, opened.patient_id)
            sessions.add(tx, opened)
            await tx.flush()
            walked = opened
            for state in (State.READY, State.DOSING):
                walked = walked.move(state, by=uuid4(), cause="bench", at=now)
            sessions.save(tx, walked.dosed(by=uuid4(), at=now))
        return opened.id

    def _readings(self, **low: int) -> list[DeviceReading]:
        self._moment = datetime.now(UTC) if low else self._moment + timedelta(minutes=1)
        values = {**_VALUES, **low}
        return [
            DeviceReading(
                device_id=self._device,
                kind=kind,
                read_at=self._moment - timedelta(milliseconds=4000 * step),
                value=Decimal(values[kind]),
            )
            for step in range(READINGS // len(_KINDS))
            for kind in _KINDS
        ]

    async def _submit(self, sent: list[DeviceReading]) -> None:
        command = RecordDeviceBatch(
            batch_id=uuid4(),
            session_id=self._session,
            device_id=self._device,
            sent=sent,
            by=self._caller,
        )
        async with self._db.transaction(self._network) as tx:
            await record_device_batch(command, SystemClock(), tx)

    async def take_late(self) -> None:
        """One batch of yesterday, as the service takes it: kept and announced."""
        await self._submit(self._readings())

    async def take_fresh(self) -> None:
        """One batch of the last minute, for the next patient: judged as well."""
        self._floor_of.rotate(1)
        self._session, self._device = self._floor_of[0], uuid4()
        await self._submit(self._readings(spo2_percent=_VALUES["spo2_percent"]))

    async def alarm(self) -> float:
        """Milliseconds until a batch with a low saturation and its alert are committed."""
        self._device = uuid4()
        sent = self._readings(spo2_percent=88)
        began = time.perf_counter()
        await self._submit(sent)
        return (time.perf_counter() - began) * 1000

    async def bare(self) -> None:
        """The same rows and nothing else."""
        sent, batch = self._readings(), uuid4()
        if self._floor is None:
            self._floor = await asyncpg.connect(self._database.admin_url)
        async with self._floor.transaction():
            now = datetime.now(UTC)
            await self._floor.execute(
                _BATCH, batch, self._network, self._session, self._device, len(sent), now
            )
            await self._floor.execute(
                _BARE,
                self._session,
                self._device,
                self._network,
                batch,
                [one.kind for one in sent],
                [one.read_at for one in sent],
                [one.value for one in sent],
            )

    _floor: "asyncpg.Connection[asyncpg.Record] | None" = None


async def _rate(act: Callable[[], Awaitable[None]], seconds: float) -> float:
    """Readings a second over about that time."""
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        await act()
        done += READINGS
    return done / (time.perf_counter() - began)
