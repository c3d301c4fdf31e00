"""How long plans for a course take: six infusions, integration, ten sites, forty people."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import psutil
from scheduling.domain.course import Aim, Clash
from scheduling.planner.solve import solve
from scheduling.use_cases.prepare_course import PrepareCourse, prepare_course

from benchmarks.report import Row
from benchmarks.rounds import Sample, median
from benchmarks.scheduling_clinic import SITES, fill
from benchmarks.stage import Stage

_AIMS = (Aim.CONTINUITY, Aim.FEWEST_TRIPS, Aim.SOONEST)
_PUMPS = (
    "INSERT INTO equipment (id, network_id, site_id, kind, name, added_at) "
    "SELECT gen_random_uuid(), $1, id, 'infusion_pump', 'Pump', now() FROM site"
)


async def measure(stage: Stage, *, rounds: int) -> list[Row]:
    """One row: seconds until three plans are there, and of these for the search."""
    database = await stage.databases.make("scheduling")
    clinic = await fill(database, 10_000)
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(_PUMPS, clinic.network)
    await admin.close()
    samples: list[Sample] = []
    try:
        for _ in range(rounds):
            asked = PrepareCourse(
                patient_id=uuid4(),
                protocol="iv_six",
                starts_on=(datetime.now(UTC) + timedelta(days=3)).date(),
                site_ids=[clinic.site(n) for n in range(SITES)],
            )
            started, began = time.perf_counter(), _cpu(stage)
            async with clinic.db.transaction(clinic.network) as tx:
                problem = await prepare_course(asked, tx)
            searched = time.perf_counter()
            found = solve(problem, _AIMS)
            assert not isinstance(found, Clash), found
            ended = time.perf_counter()
            cpu = _cpu(stage) - began
            figures = {"seconds": ended - started, "search": searched - started, "cpu": cpu}
            samples.append(figures)
    finally:
        await clinic.db.close()
    figures = {
        "seconds": median(samples, "seconds"),
        "of_it_search": median(samples, "search"),
        "cpu_seconds": median(samples, "cpu"),  # what a core of its own would take
    }
    return [Row(name="three plans for six infusions", ratio=None, figures=figures)]


def _cpu(stage: Stage) -> float:
    """CPU that this process and the database have used so far: other load does not change it."""
    assert stage.postgres.pid is not None
    first = psutil.Process(stage.postgres.pid)
    server = [first, *first.children(recursive=True)]
    return time.process_time() + sum(sum(one.cpu_times()[:2]) for one in server)
