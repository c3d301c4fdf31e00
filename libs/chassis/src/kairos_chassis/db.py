"""One asyncpg pool, and transactions that gather their writes.

A transaction opens with the network it belongs to (row-level security reads that setting and
shows nothing without it). Reads go out at once; writes wait and leave together, in one round
trip, at the commit or before the next read. Nothing below the edge commits or rolls back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from asyncpg import Connection, Record
from sqlalchemy import Table

from kairos_chassis.clock import Clock
from kairos_chassis.statements import Statement, flatten, insertion

STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000


class Transaction:
    """A unit of work of one network. Made by `Database.transaction`, used by use cases."""

    def __init__(
        self,
        connection: "Connection[Record]",
        network_id: UUID | None,
        now: datetime,
        wake_relay: Callable[[], None],
    ) -> None:
        self.connection = connection
        self.wake_relay = wake_relay
        self.network_id = network_id
        self.now = now
        self.patient_id: UUID | None = None
        self._writes: list[tuple[Statement, list[Any]]] = []
        self._otherwise: list[Exception | None] = []
        self._changed: set[str] = set()
        self._violations: dict[str, Exception] = {}
        self._before_commit: list[Callable[[], None]] = []
        self._before_flush: list[Callable[[], None]] = []
        self._after_commit: list[Callable[[], None]] = []

    @property
    def network(self) -> UUID:
        """The network this transaction belongs to. Raises RuntimeError where there is none."""
        if self.network_id is None:
            raise RuntimeError("this transaction belongs to no network")
        return self.network_id

    def about(self, patient_id: UUID) -> None:
        """Name the patient whom this work concerns, for the audit trail."""
        self.patient_id = patient_id

    async def fetch(self, stmt: Statement, /, **params: Any) -> list[Record]:
        """All rows of a read, after the writes queued before it."""
        await self.flush()
        rows: list[Record] = await self._guarded(
            self.connection.fetch(stmt.sql, *stmt.arguments(params))
        )
        return rows

    async def fetch_one(self, stmt: Statement, /, **params: Any) -> Record | None:
        """The first row, or None."""
        await self.flush()
        row: Record | None = await self._guarded(
            self.connection.fetchrow(stmt.sql, *stmt.arguments(params))
        )
        return row

    async def execute(self, stmt: Statement, /, **params: Any) -> int:
        """Run a write now. Returns how many rows it changed."""
        await self.flush()
        tag = await self._guarded(self.connection.execute(stmt.sql, *stmt.arguments(params)))
        return int(tag.rsplit(" ", 1)[-1])

    def write(
        self, stmt: Statement, /, *, otherwise: Exception | None = None, **params: Any
    ) -> None:
        """Queue a write. `otherwise` is raised at the flush if it changed no row."""
        if stmt.table in self._changed and not stmt.inserts:
            raise RuntimeError(f"{stmt.table} is changed twice in one flush: flush in between")
        self._writes.append((stmt, stmt.arguments(params)))
        self._otherwise.append(otherwise)
        if stmt.table is not None and not stmt.inserts:
            self._changed.add(stmt.table)

    def insert(self, table: Table, /, **values: Any) -> None:
        """Queue an insert of one row."""
        self.write(insertion(table, tuple(values)), **values)

    def refuse_on(self, constraint: str, error: Exception) -> None:
        """Raise `error` where the database reports a violation of that constraint."""
        self._violations[constraint] = error

    def before_flush(self, callback: Callable[[], None]) -> None:
        """Run just before queued writes leave: what gathers until then may queue its own."""
        self._before_flush.append(callback)

    def before_commit(self, callback: Callable[[], None]) -> None:
        """Run when the work is done and about to be committed; it may queue writes."""
        self._before_commit.append(callback)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run once the commit is certain. It must not fail."""
        self._after_commit.append(callback)

    async def flush(self) -> None:
        """Send what is queued, in one statement. Raises what `refuse_on` and `otherwise` say."""
        callbacks, self._before_flush = self._before_flush, []
        for callback in callbacks:
            callback()
        if not self._writes:
            return
        writes, self._writes = self._writes, []
        otherwise, self._otherwise = self._otherwise, []
        self._changed.clear()
        sql, arguments = flatten(writes)
        counts = await self._guarded(self.connection.fetchrow(sql, *arguments))
        for count, error in zip(counts or (), otherwise, strict=True):
            if count == 0 and error is not None:
                raise error

    async def _guarded(self, awaitable: Any) -> Any:
        try:
            return await awaitable
        except asyncpg.IntegrityConstraintViolationError as violation:
            known = self._violations.get(violation.constraint_name or "")
            if known is None:
                raise
            raise known from violation

    async def _commit(self) -> None:
        for callback in self._before_commit:
            callback()
        await self.flush()
        await self.connection.execute("COMMIT")
        for callback in self._after_commit:
            callback()


class Database:
    """The service's own database."""

    def __init__(self, pool: "asyncpg.Pool[Record]", clock: Clock, size: int) -> None:
        self._pool = pool
        self._clock = clock
        # asyncpg's pool hands connections out unfairly under load; a FIFO in front is fair.
        self._turn = asyncio.Semaphore(size)
        # Set by the relay of this process, so that a fresh event need not wait for its poll.
        self.wake_relay: Callable[[], None] = _nobody_waits

    @classmethod
    async def connect(cls, url: str, clock: Clock, *, size: int = 10, name: str) -> "Database":
        """Open the pool. `name` is shown in pg_stat_activity."""
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
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
        return cls(pool, clock, size)

    @property
    def clock(self) -> Clock:
        """The platform clock of this process."""
        return self._clock

    @asynccontextmanager
    async def transaction(self, network_id: UUID | None) -> AsyncIterator[Transaction]:
        """A transaction of one network; None sees platform tables only.

        Commits when the block ends, rolls back when it raises or is cancelled.
        """
        async with self._turn, self._pool.acquire() as connection:
            begin = "BEGIN"
            if network_id is not None:
                begin = f"BEGIN; SET LOCAL kairos.network = '{UUID(str(network_id))}'"
            await connection.execute(begin)
            tx = Transaction(connection, network_id, self._clock.now(), self.wake_relay)  # type: ignore[arg-type]
            try:
                yield tx
                await tx._commit()
            except BaseException:
                await _roll_back(connection)  # type: ignore[arg-type]
                raise

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


async def _roll_back(connection: "Connection[Record]") -> None:
    """A certain end: a connection that cannot roll back is cut, so nothing leaks into the next."""
    try:
        await asyncio.shield(connection.execute("ROLLBACK", timeout=5))
    except BaseException:
        with suppress(Exception):
            connection.terminate()


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
