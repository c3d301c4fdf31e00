"""Open transactions that race for the same people and rooms, many at a time."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database
from kairos_chassis.testing.databases import Databases, ServiceDatabase
from kairos_chassis.testing.harness import running
from scheduling.domain.change_errors import TooSoonAfterDose
from scheduling.domain.errors import SlotTaken
from scheduling.domain.practitioner import Role
from scheduling.use_cases.book_visit import BookVisit, book_visit
from scheduling.wiring import SERVICE

from .clinic import MORNING, Clinic, open_clinic

POOL = 50
QUICK_SECONDS = 10.0  # a deadlock would take a second; without one it is well below that
SEED = 20270301


@asynccontextmanager
async def arena(
    database: ServiceDatabase, directory: Path
) -> AsyncIterator[tuple[Clinic, Database]]:
    """A clinic over a database of its own, and a pool wide enough for a race."""
    clock = FrozenClock(MORNING)
    async with running(SERVICE, database, clock, directory) as service:
        clinic = await open_clinic(service, uuid4())
        wide = await Database.connect(database.runtime_url, clock, size=POOL, name="race")
        try:
            yield clinic, wide
        finally:
            await wide.close()


async def race(db: Database, network: UUID, commands: Sequence[BookVisit]) -> list[bool]:
    """Book all at once. Returns which won; an error other than a taken slot is an error."""

    async def book(command: BookVisit) -> bool:
        try:
            async with db.transaction(network) as tx:
                await book_visit(command, tx)
        except (SlotTaken, TooSoonAfterDose):
            return False
        return True

    return await asyncio.gather(*(book(command) for command in commands))


def booking(clinic: Clinic, patient: UUID) -> BookVisit:
    return BookVisit(
        patient_id=patient,
        site_id=UUID(clinic.site),
        room_id=UUID(clinic.room),
        visit_type="dosing_im",
        route="im",
        starts_at=MORNING + timedelta(hours=1),
        staff={Role(role): UUID(person) for role, person in clinic.staff.items()},
    )


async def deadlocks(database: ServiceDatabase) -> int:
    admin = await asyncpg.connect(database.admin_url)
    try:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = $1"
        return int(await admin.fetchval(query, database.name))
    finally:
        await admin.close()


async def drop_constraint(database: ServiceDatabase) -> None:
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute("ALTER TABLE occupancy DROP CONSTRAINT occupancy_free")
    finally:
        await owner.close()


@pytest.mark.parametrize("constrained", [True, False])
async def test_constraint_lets_one_of_fifty_win(
    databases: Databases, tmp_path: Path, constrained: bool
) -> None:
    """Without the constraint the same race double-books: it is the constraint that decides."""
    database = await databases.make("scheduling")
    async with arena(database, tmp_path) as (clinic, wide):
        patients = [await clinic.cleared_patient() for _ in range(POOL)]
        if not constrained:
            await drop_constraint(database)
        started = time.monotonic()
        commands = [booking(clinic, patient) for patient in patients]
        won = await race(wide, clinic.network, commands)
        took = time.monotonic() - started

    assert won.count(True) == (1 if constrained else POOL)
    assert took < QUICK_SECONDS
    assert await deadlocks(database) == 0


async def test_crossing_wishes_never_deadlock_nor_lose_a_free_slot(
    databases: Databases, tmp_path: Path
) -> None:
    """Mixed teams, rooms and overlapping times: who is refused overlaps somebody who is not."""
    dice = random.Random(SEED)
    database = await databases.make("scheduling")
    async with arena(database, tmp_path) as (clinic, wide):
        people = {role: [UUID(person)] for role, person in clinic.staff.items()}
        for role in people:
            people[role] += [UUID(await clinic.hire(role)) for _ in range(2)]
        rooms = [UUID(clinic.room)]
        rooms.append(UUID(await clinic.make(f"/v1/sites/{clinic.site}/rooms", {"name": "Red"})))
        patients = [await clinic.cleared_patient() for _ in range(20)]
        commands = [
            replace(
                booking(clinic, dice.choice(patients)),
                room_id=dice.choice(rooms),
                starts_at=MORNING + timedelta(minutes=30 * dice.randrange(1, 40)),
                staff={Role(role): dice.choice(several) for role, several in people.items()},
            )
            for _ in range(150)
        ]
        won = await race(wide, clinic.network, commands)

    kept = [command for command, one in zip(commands, won, strict=True) if one]
    lost = [command for command, one in zip(commands, won, strict=True) if not one]
    assert kept
    assert lost
    for n, one in enumerate(kept):
        assert not any(collide(one, other) for other in kept[n + 1 :])
    assert all(any(collide(one, other) for other in kept) for one in lost)
    assert await deadlocks(database) == 0


def collide(one: BookVisit, other: BookVisit) -> bool:
    """Whether two IM visits cannot both take place: 72 hours between a patient's doses, 150 minutes
    for people, and 15 around it for the room."""
    apart = abs(one.starts_at - other.starts_at)
    if one.patient_id == other.patient_id and apart < timedelta(hours=72):
        return True
    shared = bool({*one.staff.values()} & {*other.staff.values()})
    people = shared and apart < timedelta(minutes=150)
    return people or (one.room_id == other.room_id and apart < timedelta(minutes=180))
