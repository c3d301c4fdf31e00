"""A hundred clients over HTTP for one slot: one wins, and all others hear of other slots."""

import asyncio
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from benchmarks.load import Order, content_length
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
    try:
        await _race(token, clinic, server, 2)  # plans, imports
        samples = [await _race(token, clinic, server, 4 + 7 * day) for day in range(1, rounds + 1)]
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


async def _race(token: str, clinic: BenchClinic, server: Server, day: int) -> Sample:
    order = Order(server.port, RIVALS, 0.0, "/v1/visits", token, _body(clinic, day))
    lines = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(RIVALS)]
    before, started = server.cpu_seconds(), time.perf_counter()
    try:
        answers = await asyncio.gather(*(_ask(*line, order) for line in lines))
    finally:
        took = time.perf_counter() - started
        for _, writer in lines:
            writer.close()
    codes = Counter(code for code, _ in answers)
    if codes != {201: 1, 409: RIVALS - 1}:
        raise RuntimeError(f"one winner expected: {codes}")
    offered = sum(bool(body["alternatives"]) for code, body in answers if code == 409)
    return {
        "seconds": took,
        "service_cpu_seconds": server.cpu_seconds() - before,
        "winners": float(codes[201]),
        "refusals_with_alternatives": float(offered),
    }


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, order: Order
) -> tuple[int, dict[str, Any]]:
    """One client on a line of its own. A general HTTP client costs more than the service."""
    writer.write(order.request(uuid4(), uuid4()))
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(content_length(head))
    return int(head.split(b" ", 2)[1]), json.loads(body)


def _body(clinic: BenchClinic, day: int) -> dict[str, Any]:
    noon = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
    site = day % SITES
    return {
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
