"""What trust costs: the sealer against the entries there are to seal, safe headers against none,
and whether the time of an answer tells that another network has a thing.

All in this process, over one database: a ratio of two ways through the same code.
"""

import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from kairos_chassis.audit_trail.seal import seal
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.safety import SAFE_HEADERS
from kairos_chassis.process import Service
from kairos_chassis.testing.harness import Client, Harness, running

from benchmarks.report import Row
from benchmarks.rounds import Sample, median, paired, shuffled_rounds
from benchmarks.stage import Stage

PATH = "/v1/therapy-sessions"
HEADERS_AT_MOST = 1.10  # of an answer without them
TELL_AT_MOST = 1.15  # foreign against missing; and the other way round
SEALER_GOAL = 1.0  # it keeps up with one busy client, with the service beside it


async def measure(stage: Stage, *, rounds: int, requests: int) -> list[Row]:
    """Measure all three."""
    from integration.wiring import SERVICE

    service: Service[Any] = SERVICE
    database = await stage.databases.make("integration")
    clock = FrozenClock(datetime.now(UTC))
    with tempfile.TemporaryDirectory(prefix="kairos-trust-") as folder:
        extra = {
            "notes_database_url": database.url_as("integration_notes"),
            "sealing_key": "k" * 32,
        }
        async with running(service, database, clock, Path(folder), **extra) as harness:
            rows = [await _headers(harness, rounds, requests)]
            rows += await _tell(harness, rounds, requests)
            rows.append(await _sealing(harness, rounds, requests))
            return rows


async def _timed(ask: Callable[[], Awaitable[Any]], requests: int) -> Sample:
    spent = []
    for _ in range(requests):
        began = time.perf_counter()
        await ask()
        spent.append(time.perf_counter() - began)
    return {"p50_us": statistics.median(spent) * 1e6, "rate": requests / sum(spent)}


async def _headers(harness: Harness, rounds: int, requests: int) -> Row:
    """The same list, with the safe headers and without."""
    async with harness.client("nurse", network=uuid4()) as client:
        whole = list(SAFE_HEADERS)

        async def slice_of(name: str) -> Sample:
            SAFE_HEADERS[:] = whole if name == "with" else []
            try:
                return await _timed(lambda: client.get("/v1/tasks"), requests)
            finally:
                SAFE_HEADERS[:] = whole

        samples = await shuffled_rounds(["with", "without"], rounds, slice_of)
    return Row(
        name="an answer with safe headers / without",
        ratio=paired(samples["with"], samples["without"], "p50_us"),
        at_most=HEADERS_AT_MOST,
        figures={f"{name}_p50_us": median(samples[name], "p50_us") for name in samples},
    )


async def _tell(harness: Harness, rounds: int, requests: int) -> list[Row]:
    """A thing of another network, and one that nobody has."""
    owner = uuid4()
    foreign = f"{PATH}/{await _meet(harness, owner)}"
    async with harness.client("therapist", network=uuid4()) as client:

        async def slice_of(name: str) -> Sample:
            path = foreign if name == "foreign" else f"{PATH}/{uuid4()}"
            return await _timed(partial(client.get, path), requests)

        samples = await shuffled_rounds(["foreign", "missing"], rounds, slice_of)
    figures = {f"{name}_p50_us": median(samples[name], "p50_us") for name in samples}
    return [
        Row(
            name=f"404 for what is {one} / for what is {other}",
            ratio=paired(samples[one], samples[other], "p50_us"),
            at_most=TELL_AT_MOST,
            figures=figures,
        )
        for one, other in (("foreign", "missing"), ("missing", "foreign"))
    ]


async def _sealing(harness: Harness, rounds: int, requests: int) -> Row:
    """Entries written by one client as fast as it can, and entries sealed."""
    async with harness.client("therapist", network=uuid4()) as client:
        await _seal_all(harness)

        async def slice_of(name: str) -> Sample:
            if name == "written":
                return await _timed(lambda: client.get(f"{PATH}/{uuid4()}"), requests)
            for _ in range(requests):
                await client.get(f"{PATH}/{uuid4()}")
            began = time.perf_counter()
            sealed = await _seal_all(harness)
            return {"rate": sealed / (time.perf_counter() - began)}

        samples = await shuffled_rounds(["written", "sealed"], rounds, slice_of)
    return Row(
        name="entries sealed a second / written a second by one client",
        ratio=paired(samples["sealed"], samples["written"], "rate"),
        goal=SEALER_GOAL,
        figures={f"{name}_per_s": median(samples[name], "rate") for name in samples},
    )


async def _seal_all(harness: Harness) -> int:
    done = 0
    while (checkpoint := await seal(harness.db)) is not None:
        done += len(checkpoint.ids)
    return done


async def _meet(harness: Harness, network: UUID) -> str:
    now = harness.clock.now()
    body = {
        "patient_id": str(uuid4()),
        "kind": "preparation",
        "practitioner_id": str(uuid4()),
        "started_at": (now - timedelta(hours=1)).isoformat(),
        "ended_at": now.isoformat(),
    }
    client: Client
    async with harness.client("therapist", network=network) as client:
        answer = await client.post(PATH, json=body)
    if answer.status_code != 201:
        raise RuntimeError(answer.text)
    return str(answer.json()["id"])
