"""Bookings a second against a bare insert under the same constraints, and a race for one slot."""

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from kairos_chassis.statements import Statement
from scheduling.domain.claims import Claim
from scheduling.domain.errors import SlotTaken
from scheduling.domain.practitioner import Role
from scheduling.store import occupancy
from scheduling.use_cases.book_visit import BookVisit, book_visit

from benchmarks.report import Row
from benchmarks.rounds import Sample, median, paired, shuffled_rounds
from benchmarks.scheduling_clinic import SITES, BenchClinic, fill
from benchmarks.stage import Stage

RIVALS = 100
_BARE_VISIT = Statement(
    "INSERT INTO visit (id, network_id, patient_id, site_id, visit_type, visit_type_version, "
    "starts_at, ends_at, local_on, state, booked_at, version) VALUES ($1, $2, $3, $4, "
    "'evaluation', '2', $5::timestamptz, $5::timestamptz + interval '1 hour', "
    "($5::timestamptz)::date, 'booked', $5::timestamptz, 1)",
    ("id", "network_id", "patient_id", "site_id", "at"),
    {},
)
_days = itertools.count(1)


async def measure(stage: Stage, *, rounds: int, seconds: float) -> list[Row]:
    """Two rows: throughput with its ratio, and the race."""
    clinic = await fill(await stage.databases.make("scheduling"), 0, pool=8)
    race = await fill(await stage.databases.make("scheduling"), 0, pool=50)
    try:
        slices = {"bare": _bare, "booking": _book}

        async def one(name: str) -> Sample:
            return await _slice(clinic, slices[name], seconds)

        await one("booking")
        samples = await shuffled_rounds(list(slices), rounds, one)
        raced = [await _race(race, day) for day in range(1, rounds + 1)]
    finally:
        await clinic.db.close()
        await race.db.close()
    return [
        Row(
            name="bookings against a bare insert, 8 at a time",
            ratio=paired(samples["booking"], samples["bare"], "per_second"),
            figures={
                "booking_per_second": median(samples["booking"], "per_second"),
                "bare_per_second": median(samples["bare"], "per_second"),
            },
        ),
        Row(
            name=f"{RIVALS} clients for one slot, until all have an answer",
            ratio=None,
            figures={"seconds": median(raced, "seconds"), "winners": median(raced, "winners")},
        ),
    ]


async def _slice(clinic: BenchClinic, work: object, seconds: float) -> Sample:
    done, stop = 0, time.perf_counter() + seconds

    async def worker(site: int) -> None:
        nonlocal done
        while time.perf_counter() < stop:
            await work(clinic, site, next(_days))  # type: ignore[operator]
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(worker(site) for site in range(8)))
    return {"per_second": done / (time.perf_counter() - started)}


def _at(day: int) -> datetime:
    noon = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
    return noon + timedelta(days=day)


def _wish(clinic: BenchClinic, site: int, day: int) -> BookVisit:
    return BookVisit(
        patient_id=uuid4(),
        site_id=clinic.site(site),
        room_id=clinic.room(site * 5),
        visit_type="evaluation",
        route=None,
        starts_at=_at(day),
        staff={Role.PRESCRIBER: clinic.person(site * 4)},
    )


async def _book(clinic: BenchClinic, site: int, day: int) -> None:
    async with clinic.db.transaction(clinic.network) as tx:
        await book_visit(_wish(clinic, site, day), tx)


async def _bare(clinic: BenchClinic, site: int, day: int) -> None:
    start, visit = _at(day), uuid4()
    end = start + timedelta(hours=1)
    wanted: list[tuple[str, UUID]] = [
        ("patient", uuid4()),
        ("practitioner", clinic.person(site * 4)),
        ("room", clinic.room(site * 5)),
    ]
    async with clinic.db.transaction(clinic.network) as tx:
        await tx.execute(
            _BARE_VISIT,
            id=visit,
            network_id=clinic.network,
            patient_id=wanted[0][1],
            site_id=clinic.site(site),
            at=start,
        )
        claims = [Claim(kind=k, id=i, starts_at=start, ends_at=end) for k, i in wanted]
        assert not await occupancy.take(tx, claims, visit_id=visit)


async def _race(clinic: BenchClinic, day: int) -> Sample:
    async def rival() -> bool:
        try:
            await _book(clinic, day % SITES, 7 * day)
        except SlotTaken:
            return False
        return True

    started = time.perf_counter()
    won = await asyncio.gather(*(rival() for _ in range(RIVALS)))
    return {"seconds": time.perf_counter() - started, "winners": float(won.count(True))}
