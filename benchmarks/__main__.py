"""`python -m benchmarks [--quick] [--json FILE] [--only NAME]`: measure, print, keep.

Compare ratios only. Absolute figures move with whatever else the machine does; the two sides of a
ratio were measured within seconds of each other.
"""

import argparse
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from benchmarks import (
    backlog,
    bus,
    command_path,
    held,
    latency,
    scheduling_booking,
    scheduling_course,
    scheduling_race,
    scheduling_search,
    telemetry,
    trust,
)
from benchmarks.report import Row, save, table
from benchmarks.stage import Stage, staged

Benchmark = Callable[[Stage, bool], Awaitable[list[Row]]]


async def _command_path(stage: Stage, quick: bool) -> list[Row]:
    return await command_path.measure(
        stage, rounds=3 if quick else 7, seconds=1.0 if quick else 2.0
    )


async def _relay(stage: Stage, quick: bool) -> list[Row]:
    return await bus.relay(stage, rounds=3 if quick else 7, events=10_000 if quick else 40_000)


async def _latency(stage: Stage, quick: bool) -> list[Row]:
    return await latency.measure(
        stage, rounds=3 if quick else 5, per_second=100, seconds=2.0 if quick else 5.0
    )


async def _consumer(stage: Stage, quick: bool) -> list[Row]:
    return await bus.consuming(stage, rounds=2 if quick else 5, events=2_000 if quick else 10_000)


async def _backlog(stage: Stage, quick: bool) -> list[Row]:
    return await backlog.measure(stage, [10_000, 100_000] + ([] if quick else [1_000_000]))


async def _slot_search(stage: Stage, quick: bool) -> list[Row]:
    sizes = (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000)
    return await scheduling_search.measure(stage, sizes=sizes, rounds=3 if quick else 5)


async def _booking(stage: Stage, quick: bool) -> list[Row]:
    return await scheduling_booking.measure(
        stage, rounds=3 if quick else 5, seconds=1.0 if quick else 2.0
    )


async def _slot_race(stage: Stage, quick: bool) -> list[Row]:
    return await scheduling_race.measure(stage, rounds=3 if quick else 7)


async def _course(stage: Stage, quick: bool) -> list[Row]:
    return await scheduling_course.measure(stage, rounds=1 if quick else 3)


async def _telemetry(stage: Stage, quick: bool) -> list[Row]:
    return await telemetry.measure(
        stage, rounds=2 if quick else 5, seconds=1.0 if quick else 2.0, alerts=50 if quick else 300
    )


async def _trust(stage: Stage, quick: bool) -> list[Row]:
    return await trust.measure(stage, rounds=3 if quick else 7, requests=100 if quick else 500)


async def _held(stage: Stage, quick: bool) -> list[Row]:
    return await held.measure(stage, seconds=5.0 if quick else 30.0)


BENCHMARKS: dict[str, Benchmark] = {
    "command-path": _command_path,
    "relay": _relay,
    "latency": _latency,
    "consumer": _consumer,
    "backlog": _backlog,
    "slot-search": _slot_search,
    "booking": _booking,
    "slot-race": _slot_race,
    "course": _course,
    "telemetry": _telemetry,
    "trust": _trust,
    "held": _held,
}


def main() -> None:
    """Run the chosen benchmarks. Exits 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter slices")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--only", action="append", choices=sorted(BENCHMARKS), help="repeatable")
    chosen = parser.parse_args()
    rows = uvloop.run(_run(chosen.only or list(BENCHMARKS), chosen.quick))
    print(table(rows))
    print(f"\nwritten to {save(rows, chosen.json)}")
    if missed := [row.name for row in rows if not row.meets_goal]:
        sys.exit(f"below its goal: {', '.join(missed)}")


async def _run(names: list[str], quick: bool) -> list[Row]:
    rows: list[Row] = []
    for name in names:
        with staged() as stage:
            rows += await BENCHMARKS[name](stage, quick)
    return rows


if __name__ == "__main__":
    main()
