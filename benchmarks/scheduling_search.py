"""How long the first free slots take with ten thousand, a hundred thousand and a million visits."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from scheduling.use_cases.find_slots import FindSlots, find_slots

from benchmarks.report import Row
from benchmarks.rounds import Sample, median, paired, shuffled_rounds
from benchmarks.scheduling_clinic import BenchClinic, fill
from benchmarks.stage import Stage

GOAL = 1 / 1.5  # a million within one and a half times of ten thousand
SEARCHES = 12  # a round


async def measure(stage: Stage, *, sizes: Sequence[int], rounds: int) -> list[Row]:
    """One row per size above the smallest, its ratio the smallest's time over its own."""
    clinics = {
        f"{size:,} visits": await fill(await stage.databases.make("scheduling"), size)
        for size in sizes
    }
    names = list(clinics)
    try:
        for name in names:
            await _searches(clinics[name])
        samples = await shuffled_rounds(names, rounds, lambda name: _searches(clinics[name]))
    finally:
        for clinic in clinics.values():
            await clinic.db.close()
    first = names[0]
    return [_row(name, first, samples) for name in names]


def _row(name: str, first: str, samples: Mapping[str, list[Sample]]) -> Row:
    largest = name == list(samples)[-1] and name != first
    return Row(
        name=f"first 20 slots, 10 sites, 40 people: {name}",
        ratio=None if name == first else paired(samples[first], samples[name], "p50_ms"),
        goal=GOAL if largest else None,
        figures={
            "p50_ms": median(samples[name], "p50_ms"),
            "p95_ms": median(samples[name], "p95_ms"),
        },
    )


async def _searches(clinic: BenchClinic) -> Sample:
    since = datetime.now(UTC) + timedelta(days=1)
    asked = FindSlots(
        visit_type="dosing_im",
        since=since,
        until=since + timedelta(days=30),
        patient_id=uuid4(),
    )
    took = []
    for _ in range(SEARCHES):
        started = time.perf_counter()
        async with clinic.db.transaction(clinic.network) as tx:
            found = await find_slots(asked, tx)
        took.append((time.perf_counter() - started) * 1000)
        assert len(found) == 20, f"{len(found)} slots found"
    took.sort()
    return {"p50_ms": took[len(took) // 2], "p95_ms": took[-1]}
