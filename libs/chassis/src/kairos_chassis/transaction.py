"""A unit of work of one network, which gathers its writes.

Reads go out at once; writes wait and leave together, in one round trip, at the commit or before the
next read. One that begins lazily and only adds rows is one statement, the network's setting inside.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg import Connection, Record
from kairos_events.model import PublicEvent
from sqlalchemy import Table

from kairos_chassis.clock import Ticks
from kairos_chassis.statements import Statement, beginning, flatten, flatten_alone, insertion
from kairos_chassis.word_types import Sealing, opened, opened_all, sealed


class Transaction:
    """A unit of work of one network. Made by `Database.transaction`, used by use cases."""

    def __init__(
        self,
        connection: "Connection[Record]",
        network_id: UUID | None,
        now: datetime,
        wake_relay: Callable[[], None],
        ticks: Callable[[], Ticks],
        sealing: Sealing | None = None,
    ) -> None:
        self._connection = connection
        self._begun = False  # BEGIN has been sent
        self.wake_relay = wake_relay
        self.network_id = network_id
        self.now = now
        self.ticks = ticks  # how long the machine has run, by the same clock
        self.patient_id: UUID | None = None
        self.sites: frozenset[UUID] | None = None  # of who asks; None: every site of the network
        self.under_way = False  # whether this concerns work that is going on; see `care_team`
        self.actor: UUID | None = None  # the user whose act this is, or has led to it
        self.events: list[PublicEvent] = []  # announced, not yet written; see `outbox`
        self.timers: dict[tuple[str, UUID], Any] = {}  # set or cancelled; see `timers`
        self.keys: dict[UUID, Any] = {}  # patients' keys already asked for; see `words`
        self.sealing = sealing  # words; None: they rest as they are
        self._writes: list[tuple[Statement, list[Any]]] = []
        self._whose: list[UUID | None] = []  # beside `_writes`
        self._ready = 0  # how many of `_writes` are sealed
        self._otherwise: list[Exception | None] = []
        self._touched: set[str] = set()  # tables with a change or an insert in this flush
        self._failed = False
        self._violations: dict[str, Exception] = {}
        self._before_commit: list[Callable[[], None]] = []
        self._before_flush: list[Callable[[], None]] = []
        self._after_commit: list[Callable[[], None]] = []

    @property
    def connection(self) -> "Connection[Record]":
        """For the chassis's own statements. Raises RuntimeError before the transaction begins."""
        if not self._begun:
            raise RuntimeError("a lazy transaction begins with its first read or flush")
        return self._connection

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
        await self._begin_and_flush()
        arguments = await self._arguments(stmt, params)
        rows: list[Record] = await self._guarded(self._connection.fetch(stmt.sql, *arguments))
        return await opened_all(self.sealing, self, stmt.opened, rows)

    async def fetch_one(self, stmt: Statement, /, **params: Any) -> Record | None:
        """The first row, or None."""
        await self._begin_and_flush()
        arguments = await self._arguments(stmt, params)
        row: Record | None = await self._guarded(self._connection.fetchrow(stmt.sql, *arguments))
        return None if row is None else await opened(self.sealing, self, stmt.opened, row)

    async def execute(self, stmt: Statement, /, **params: Any) -> int:
        """Run a write now. Returns how many rows it changed."""
        await self._begin_and_flush()
        arguments = await self._arguments(stmt, params)
        tag = await self._guarded(self._connection.execute(stmt.sql, *arguments))
        return int(tag.rsplit(" ", 1)[-1])

    def write(
        self,
        stmt: Statement,
        /,
        *,
        otherwise: Exception | None = None,
        keyed_to: UUID | None = None,
        **params: Any,
    ) -> None:
        """Queue a write. `otherwise` is raised at the flush if it changed no row; `keyed_to` names
        whose key seals its words, where that is not the row's patient."""
        if stmt.table in self._touched and not stmt.inserts:
            raise RuntimeError(f"{stmt.table} is changed twice in one flush: flush in between")
        self._writes.append((stmt, stmt.arguments(params)))
        self._whose.append(keyed_to or params.get("patient_id"))
        self._otherwise.append(otherwise)
        if stmt.table is not None:
            self._touched.add(stmt.table)

    def insert(self, table: Table, /, *, keyed_to: UUID | None = None, **values: Any) -> None:
        """Queue an insert of one row."""
        self.write(insertion(table, tuple(values)), keyed_to=keyed_to, **values)

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
        self._gather()
        if not self._writes:
            return
        await self._seal_writes()
        await self.begin()
        writes, self._writes = self._writes, []
        otherwise, self._otherwise = self._otherwise, []
        self._whose, self._ready = [], 0
        self._touched.clear()
        sql, arguments = flatten(writes)
        counts = await self._guarded(self._connection.fetchrow(sql, *arguments))
        for count, error in zip(counts or (), otherwise, strict=True):
            if count == 0 and error is not None:
                self._failed = True
                raise error

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Work that can fail without the rest: all of it is kept, or nothing of it.

        For many small pieces in one transaction, such as the rows of a file. An error leaves the
        block as it came, with everything before the block still to be committed.
        """
        await self._begin_and_flush()
        known, after = dict(self._violations), len(self._after_commit)
        await self._connection.execute("SAVEPOINT attempt")
        try:
            yield
            await self.flush()
        except Exception:
            self._forget_queued()
            self.keys.clear()  # one that was made in here is gone
            del self._after_commit[after:]
            await self._connection.execute("ROLLBACK TO attempt; RELEASE attempt")
            self._failed = False
            raise
        finally:
            self._violations = known
        await self._connection.execute("RELEASE attempt")

    def _forget_queued(self) -> None:
        for queued in (self._writes, self._otherwise, self._whose, self.events, self._before_flush):
            queued.clear()
        self._ready = 0
        self.timers.clear()
        self._touched.clear()

    async def begin(self) -> None:
        """Begin now, if that has not happened. For the chassis: everybody else just works."""
        if self._begun:
            return
        self._begun = True  # before the answer: from here on it takes a rollback to be sure
        await self._connection.execute(beginning(self.network_id, self.sites))

    async def commit(self) -> None:
        """Finish: the last writes and the commit, in one round trip where that is possible.

        Raises RuntimeError for a transaction that has failed although its block ended well:
        somebody caught the error, and half of the work is gone.
        """
        if self._failed:
            raise RuntimeError("a failed transaction cannot commit: do not catch its errors")
        for callback in self._before_commit:
            callback()
        self._gather()
        await self._seal_writes()
        if self._stands_alone():
            sql, arguments = flatten_alone(self._writes, self.network_id)
            await self._guarded(self._connection.fetchrow(sql, *arguments))
        else:
            await self.flush()
            # A failed transaction answers ROLLBACK, and that is no error to PostgreSQL.
            if self._begun and await self._connection.execute("COMMIT") != "COMMIT":
                raise RuntimeError("nothing was committed: do not catch database errors")
        for callback in self._after_commit:
            callback()

    async def roll_back(self) -> None:
        """A certain end: a connection that cannot roll back is cut, so nothing reaches the next.

        Where nothing was begun, PostgreSQL has undone a statement of its own by itself.
        """
        if not self._begun:
            return
        try:
            await asyncio.shield(self._connection.execute("ROLLBACK", timeout=5))
        except BaseException as failure:
            with suppress(Exception):
                self._connection.terminate()
            if not isinstance(failure, Exception):
                raise  # a cancellation is the caller's, and must arrive

    def _gather(self) -> None:
        callbacks, self._before_flush = self._before_flush, []
        for callback in callbacks:
            callback()

    def _stands_alone(self) -> bool:
        """Whether the queued writes can be a transaction by themselves.

        They cannot where one must be judged by what it changed: that takes a rollback.
        """
        if self._begun or not self._writes or any(e is not None for e in self._otherwise):
            return False
        return all(one.alone for one, _ in self._writes)

    async def _seal_writes(self) -> None:
        """Seal what is queued. Only a key that nobody remembers takes a read, and so begins."""
        if self.sealing is None or not any(one.sealed for one, _ in self._writes[self._ready :]):
            return
        # Aside, since asking for a key sends what is queued.
        held = (self._writes, self._otherwise, self._whose)
        self._writes, self._otherwise, self._whose = [], [], []
        for (stmt, given), patient_id in list(zip(held[0], held[2], strict=True))[self._ready :]:
            await sealed(self.sealing, self, stmt.sealed, given, patient_id)
        self._writes, self._otherwise, self._whose = held
        self._ready = len(self._writes)

    async def _arguments(self, stmt: Statement, params: dict[str, Any]) -> list[Any]:
        arguments = stmt.arguments(params)
        await sealed(self.sealing, self, stmt.sealed, arguments, params.get("patient_id"))
        return arguments

    def forget_words_key(self, patient_id: UUID) -> None:
        """Remember a patient's key no longer, once this transaction has destroyed it."""
        self.keys.pop(patient_id, None)
        sealing, network = self.sealing, self.network
        if sealing is not None:
            self.after_commit(lambda: sealing.forget(network, patient_id))

    async def seal_words(self, words: str, patient_id: UUID) -> str:
        """Words about a patient, sealed, for where no column of this database keeps them."""
        if self.sealing is None:
            return words
        return str(await self.sealing.seal(self, words, patient_id))

    async def open_words(self, words: str) -> str:
        """What `seal_words` made, opened."""
        return words if self.sealing is None else str(await self.sealing.open(self, words))

    async def _begin_and_flush(self) -> None:
        await self.begin()
        await self.flush()

    async def _guarded(self, awaitable: Any) -> Any:
        try:
            return await awaitable
        except asyncpg.IntegrityConstraintViolationError as violation:
            self._failed = True
            known = self._violations.get(violation.constraint_name or "")
            if known is None:
                raise
            raise known from violation
        except BaseException:
            self._failed = True
            raise
