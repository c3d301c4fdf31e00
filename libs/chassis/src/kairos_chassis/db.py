"""One asyncpg pool, and the transactions on it.

A transaction opens with the network it belongs to (row-level security reads that setting and
shows nothing without it). Nothing below the edge commits or rolls back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from asyncpg import Connection, Record

from kairos_chassis.clock import Clock
from kairos_chassis.transaction import Transaction
from kairos_chassis.word_types import Sealing

__all__ = ["Database", "Transaction"]

CONNECT_TIMEOUT_SECONDS = 5.0
STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000


class Database:
    """The service's own database."""

    def __init__(
        self, pool: "asyncpg.Pool[Record]", clock: Clock, size: int, sealing: Sealing | None
    ) -> None:
        self.sealing = sealing
        self._pool = pool
        self._clock = clock
        # asyncpg's pool hands connections out unfairly under load; a FIFO in front is fair.
        self._turn = asyncio.Semaphore(size)
        # Set by the relay of this process, so that a fresh event need not wait for its poll.
        self.wake_relay: Callable[[], None] = _nobody_waits

    @classmethod
    async def connect(
        cls, url: str, clock: Clock, *, size: int = 10, name: str, sealing: Sealing | None = None
    ) -> "Database":
        """Open the pool. `name` is shown in pg_stat_activity; `sealing` see `words`."""
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            timeout=CONNECT_TIMEOUT_SECONDS,
            init=_prepare,
            reset=_nothing_to_reset,
            command_timeout=STATEMENT_TIMEOUT_MS / 1000 + 5,
            server_settings={
                "application_name": name,
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
                "timezone": "UTC",
                "jit": "off",
            },
        )
        return cls(pool, clock, size, sealing)

    @property
    def clock(self) -> Clock:
        """The platform clock of this process."""
        return self._clock

    @asynccontextmanager
    async def transaction(
        self, network_id: UUID | None, *, lazily: bool = False
    ) -> AsyncIterator[Transaction]:
        """A transaction of one network; None sees platform tables only.

        Commits when the block ends, rolls back when it raises or is cancelled. `lazily` begins it
        with the first read or flush, so that one which only adds rows is a single round trip.
        """
        async with self._turn, self._pool.acquire() as connection:
            tx = Transaction(
                connection,  # type: ignore[arg-type]
                network_id,
                self._clock.now(),
                self.wake_relay,
                self._clock.ticks,
                self.sealing,
            )
            try:
                if not lazily:
                    await tx.begin()
                yield tx
                await tx.commit()
            except BaseException:
                await tx.roll_back()
                raise

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]:
        """One statement on platform tables, a transaction by itself: a single round trip."""
        async with self._turn, self._pool.acquire() as connection:
            rows: list[Record] = await connection.fetch(sql, *arguments)
            return rows

    async def execute(self, sql: str, *arguments: Any) -> int:
        """The same for a statement that changes rows. Returns how many it changed."""
        async with self._turn, self._pool.acquire() as connection:
            status: str = await connection.execute(sql, *arguments)
            return int(status.rpartition(" ")[2])

    async def ping(self) -> None:
        """Ask the database whether it answers. Raises what asyncpg raises if it does not."""
        async with self._turn, self._pool.acquire() as connection:
            await connection.execute("SELECT 1", timeout=2)

    async def close(self) -> None:
        """Close the pool; connections still busy after five seconds are cut."""
        try:
            await asyncio.wait_for(self._pool.close(), timeout=5)
        except TimeoutError:
            self._pool.terminate()


async def _prepare(connection: "Connection[Record]") -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind,
            schema="pg_catalog",
            encoder=_encode_json,
            decoder=orjson.loads,
            format="text",
        )


def _encode_json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _nobody_waits() -> None:
    return None


async def _nothing_to_reset(_connection: Any) -> None:
    # Settings are SET LOCAL and every transaction certainly ends, so the usual reset query
    # would be a round trip for nothing.
    return None
