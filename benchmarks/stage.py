"""Everything a benchmark needs around it: a durable PostgreSQL, databases, processes, tokens."""

import asyncio
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import psutil
from kairos_chassis.clock import SystemClock
from kairos_chassis.testing.databases import Databases, ServiceDatabase
from kairos_chassis.testing.tokens import AUDIENCE, ISSUER, Issuer
from kairos_local.ports import free_port
from kairos_local.postgres import LocalPostgres, ephemeral_postgres
from kairos_local.processes import Child, tail

START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server process."""

    name: str
    port: int
    child: Child

    def cpu_seconds(self) -> float:
        """User and system time it has used so far."""
        times = psutil.Process(self.child.pid).cpu_times()
        return float(times.user + times.system)

    def stop(self) -> None:
        """End it, politely."""
        self.child.stop(signal.SIGTERM, patience_s=15)


@dataclass(slots=True)
class Stage:
    """What the benchmarks of one run share."""

    postgres: LocalPostgres
    databases: Databases
    folder: Path
    issuer: Issuer
    running: list[Server] = field(default_factory=list)

    async def spawn(
        self, name: str, words: list[str], port: int, environment: Mapping[str, str], ready: str
    ) -> Server:
        """Start `python <words>` and wait until `ready` answers. Raises RuntimeError."""
        log = self.folder / f"{name}.log"
        child = Child([sys.executable, *words], log=log, environment={**os.environ, **environment})
        server = Server(name, port, child)
        self.running.append(server)
        async with httpx.AsyncClient() as client:
            for _ in range(int(START_SECONDS / 0.1)):
                try:
                    answer = await client.request("GET", f"http://127.0.0.1:{port}{ready}")
                    if ready == "/" or answer.status_code == 200:
                        return server
                except httpx.TransportError:
                    if not child.alive():
                        break
                await asyncio.sleep(0.1)
        raise RuntimeError(f"{name} does not start:\n{tail(log)}")

    async def service(
        self, service: str, verb: str, database: ServiceDatabase, **settings: str | None
    ) -> Server:
        """A real service process with everything on: tokens, policy, sealed words, traces at 10 %,
        logs. None takes a setting away."""
        port = free_port()
        environment = {
            "KAIROS_PROFILE": "embedded",
            "KAIROS_DATABASE_URL": database.runtime_url,
            "KAIROS_HTTP_PORT": str(port),
            "KAIROS_TOKEN_ISSUER": ISSUER,
            "KAIROS_TOKEN_AUDIENCE": AUDIENCE,
            "KAIROS_JWKS_FILE": str(self.issuer.key_set()),
            "KAIROS_CURSOR_KEY": secrets.token_hex(32),
            "KAIROS_RATE_LIMIT_PER_MINUTE": "0",  # one log-in sends all the load
            "KAIROS_KEY_RING_FILE": str(self.folder / f"{service}-ring.json"),
        }
        for name, value in settings.items():
            environment.pop(f"KAIROS_{name.upper()}", None)
            if value is not None:
                environment[f"KAIROS_{name.upper()}"] = value
        words = ["-m", service, verb]
        return await self.spawn(f"{service}-{verb}", words, port, environment, "/healthz/ready")

    async def sink(self) -> Server:
        """The trace collector."""
        port = free_port()
        return await self.spawn("sink", ["-m", "benchmarks.sink", str(port)], port, {}, "/")

    def token(self, network: UUID, subject: UUID, *roles: str) -> str:
        """An access token that outlives the run."""
        claims = self.issuer.claims(network=str(network), sub=str(subject), roles=list(roles))
        return self.issuer.sign(claims)

    def stop(self, *servers: Server) -> None:
        """End these servers, or all that run."""
        for server in servers or tuple(self.running):
            server.stop()
            self.running.remove(server)


async def execute(url: str, sql: str) -> None:
    """Run one command on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@contextmanager
def staged() -> Iterator[Stage]:
    """A fresh stage, torn down afterwards. PostgreSQL is durable: a commit is on the disk."""
    with (
        ephemeral_postgres(durable=True) as postgres,
        tempfile.TemporaryDirectory(prefix="kairos-bench-") as folder,
    ):
        place = Path(folder)
        stage = Stage(postgres, Databases(postgres.admin_url), place, Issuer(SystemClock(), place))
        try:
            yield stage
        finally:
            stage.stop()
