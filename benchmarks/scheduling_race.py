"""A hundred clients over HTTP for one slot: one wins, and all others hear of other slots."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx

from benchmarks.report import Row
from benchmarks.rounds import Sample, median
from benchmarks.scheduling_clinic import SITES, BenchClinic, fill
from benchmarks.stage import Server, Stage

RIVALS = 100


async def measure(stage: Stage, *, rounds: int) -> list[Row]:
    """One row: seconds until the last has an answer, and what the answers were."""
    clinic = await fill(await stage.databases.make("scheduling"), 0)
    server = await stage.service("scheduling", "serve", clinic.database)
    token = stage.token(clinic.network, uuid4(), "front_desk")
    limits = httpx.Limits(max_connections=RIVALS, max_keepalive_connections=RIVALS)
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{server.port}",
            headers={"Authorization": f"Bearer {token}"},
            limits=limits,
            trust_env=False,
            timeout=60,
        ) as client:
            await _race(client, clinic, server, 2, rivals=RIVALS)  # connections, plans, imports
            samples = [
                await _race(client, clinic, server, 4 + 7 * day, rivals=RIVALS)
                for day in range(1, rounds + 1)
            ]
        deadlocks = await _deadlocks(clinic)
    finally:
        stage.stop()
        await clinic.db.close()
    figures = {name: median(samples, name) for name in samples[0]}
    return [
        Row(
            name=f"{RIVALS} clients over HTTP for one slot, until all have an answer",
            ratio=None,
            figures={**figures, "deadlocks": float(deadlocks)},
        )
    ]


async def _race(
    client: httpx.AsyncClient, clinic: BenchClinic, server: Server, day: int, *, rivals: int
) -> Sample:
    bodies = [_body(clinic, day) for _ in range(rivals)]
    headers = [{"Idempotency-Key": str(uuid4())} for _ in bodies]
    before, started = server.cpu_seconds(), time.perf_counter()
    answers = await asyncio.gather(
        *(
            client.post("/v1/visits", json=body, headers=key)
            for body, key in zip(bodies, headers, strict=True)
        )
    )
    took = time.perf_counter() - started
    codes = Counter(one.status_code for one in answers)
    if codes != {201: 1, 409: rivals - 1}:
        raise RuntimeError(f"one winner expected: {codes}")
    offered = sum(bool(one.json()["alternatives"]) for one in answers if one.status_code == 409)
    return {
        "seconds": took,
        "service_cpu_seconds": server.cpu_seconds() - before,
        "winners": float(codes[201]),
        "refusals_with_alternatives": float(offered),
    }


def _body(clinic: BenchClinic, day: int) -> dict[str, object]:
    noon = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
    site = day % SITES
    return {
        "patient_id": str(uuid4()),
        "site_id": str(clinic.site(site)),
        "room_id": str(clinic.room(site * 5)),
        "visit_type": "evaluation",
        "starts_at": (noon + timedelta(days=day)).isoformat(),
        "staff": {"prescriber": str(_prescriber(clinic, site))},
    }


def _prescriber(clinic: BenchClinic, site: int) -> UUID:
    return clinic.person(site * 4)


async def _deadlocks(clinic: BenchClinic) -> int:
    admin = await asyncpg.connect(clinic.database.admin_url)
    try:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int(await admin.fetchval(query))
    finally:
        await admin.close()
