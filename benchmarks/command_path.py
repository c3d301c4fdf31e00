"""The command path: one validated POST with everything on, against the floor."""

import dataclasses
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from kairos_chassis.testing.databases import ServiceDatabase
from kairos_local.ports import free_port

from benchmarks.floor import NETWORK, SUBJECT
from benchmarks.load import Order
from benchmarks.orders import OrderProcess
from benchmarks.report import Row
from benchmarks.rounds import Sample, median, paired, shuffled_rounds
from benchmarks.stage import Server, Stage, execute

PATH = "/v1/therapy-sessions"
CLIENTS = (1, 16, 64)
GOAL = 0.35  # of the floor, at 16 clients
SERVICE, FLOOR, FLOOR_THREE = "service", "floor", "floor-three-rows"
UNSEALED = "service-without-a-ring"  # words rest in clear: what sealing costs


def body() -> dict[str, Any]:
    """A preparation session, which completes no episode."""
    now = datetime.now(UTC)
    return {
        "patient_id": str(uuid4()),
        "kind": "preparation",
        "practitioner_id": str(SUBJECT),
        "started_at": (now - timedelta(hours=2)).isoformat(),
        "ended_at": (now - timedelta(hours=1)).isoformat(),
        "themes": ["grief", "sleep"],
        "insights": ["it can be met"],
        "commitments": ["write every morning"],
    }


async def measure(stage: Stage, *, rounds: int, seconds: float) -> list[Row]:
    """Measure service and floors side by side. Returns one row per number of clients."""
    servers = await _servers(stage)
    token = stage.token(NETWORK, SUBJECT, "therapist")
    load = await OrderProcess.start("benchmarks.load")

    async def slice_of(name: str, clients: int, length: float) -> Sample:
        server = servers[name]
        order = Order(server.port, clients, length, PATH, token, body())
        before = server.cpu_seconds()
        result = await load.give(dataclasses.asdict(order), within_seconds=length + 30)
        used = server.cpu_seconds() - before
        if result["refused"] or not result["count"]:
            raise RuntimeError(f"{result['refused']} of {result['count']} requests were refused")
        return {**result, "cpu_us": used / result["count"] * 1e6}

    try:
        for name in servers:
            await slice_of(name, 16, min(2.0, seconds))
        rows: list[Row] = []
        for clients in CLIENTS:
            one = partial(slice_of, clients=clients, length=seconds)
            samples = await shuffled_rounds(list(servers), rounds, one)
            rows += _rows(samples, clients)
        return rows
    finally:
        await load.stop()
        stage.stop()


async def _servers(stage: Stage) -> dict[str, Server]:
    sink = await stage.sink()
    endpoint = f"http://127.0.0.1:{sink.port}/v1/traces"
    traced = {"otlp_endpoint": endpoint, "trace_ratio": "0.1"}
    database = await stage.databases.make("integration")
    service = await stage.service("integration", "serve", database, **_notes(database), **traced)
    clear = await stage.databases.make("integration")
    unsealed = await stage.service(
        "integration", "serve", clear, **_notes(clear), **traced, key_ring_file=None
    )
    same = await _floor(stage, FLOOR, await stage.databases.make("integration"))
    three = await _floor(stage, FLOOR_THREE, await stage.databases.make("integration"))
    return {SERVICE: service, UNSEALED: unsealed, FLOOR: same, FLOOR_THREE: three}


def _notes(database: ServiceDatabase) -> dict[str, str]:
    """What integration asks for beside what every service does."""
    return {
        "notes_database_url": database.url_as("integration_notes"),
        "sealing_key": "a sealing key of enough length for a benchmark",
    }


async def _floor(stage: Stage, name: str, database: ServiceDatabase) -> Server:
    port = free_port()
    await execute(database.admin_url, "CREATE SEQUENCE floor_sequence CACHE 1000")
    environment = {
        "FLOOR_PORT": str(port),
        "FLOOR_ROWS": "three" if name == FLOOR_THREE else "same",
        # The superuser is above row-level security: the floor does not pay for it.
        "FLOOR_DATABASE_URL": database.admin_url,
    }
    return await stage.spawn(name, ["-m", "benchmarks.floor"], port, environment, "/")


def _rows(samples: dict[str, list[Sample]], clients: int) -> list[Row]:
    service = samples[SERVICE]
    rows = []
    for floor in (FLOOR, FLOOR_THREE, UNSEALED):
        rows.append(
            Row(
                name=f"command path / {floor}, {clients} clients",
                ratio=paired(service, samples[floor], "rate"),
                goal=GOAL if clients == 16 and floor == FLOOR else None,
                figures={
                    "cpu_ratio": paired(service, samples[floor], "cpu_us").median,
                    **{f"service_{k}": median(service, k) for k in _FIGURES},
                    **{f"floor_{k}": median(samples[floor], k) for k in _FIGURES},
                },
            )
        )
    return rows


_FIGURES = ("rate", "cpu_us", "p50_ms", "p99_ms")
