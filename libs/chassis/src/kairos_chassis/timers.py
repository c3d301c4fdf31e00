"""Work that falls due: rows with a due time, written in the transaction of their cause.

A timer survives every restart. The worker of the service claims it when its time has come on the
platform's clock, and runs its handler in the transaction that takes the row away. A handler that
fails is tried again, ever more slowly, and never given up.

There is one timer per kind and subject: to schedule it again moves it.
A timer that counts elapsed time (`schedule_elapsed`, `@on(kind, elapsed=True)`) goes by the ticks
of the machine on which it was set. Another one, or this one restarted, goes by the date.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog

from kairos_chassis.db import Database, Transaction
from kairos_chassis.failure import error_name, error_place, is_conflict, is_infrastructure
from kairos_chassis.service_acts import of_timer
from kairos_chassis.statements import Part, Statement

BATCH: Final = 100
FIRST_RETRY: Final = timedelta(seconds=1)
LONGEST_RETRY: Final = timedelta(minutes=5)

Datum = str | int
_log = structlog.get_logger(__name__)

_CANCEL = Statement(
    "timer cancel",
    ("network_id", "kinds", "subjects"),
    {},
    (
        Part(
            "cancelled",
            "DELETE FROM timer t USING unnest($2::text[], $3::uuid[]) AS c(kind, subject_id) "
            "WHERE t.network_id = $1::uuid AND t.kind = c.kind AND t.subject_id = c.subject_id "
            "RETURNING 1",
        ),
    ),
    "timer",
)
_SCHEDULE = Statement(
    "timer schedule",
    ("network_id", "kinds", "subjects", "due", "patients", "data"),
    {},
    (
        Part(
            "scheduled",
            "INSERT INTO timer (network_id, kind, subject_id, due_at, try_at, patient_id, data) "
            "SELECT $1::uuid, s.kind, s.subject_id, s.due_at, s.due_at, s.patient_id, "
            "s.data::jsonb FROM unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::uuid[], "
            "$6::text[]) AS s(kind, subject_id, due_at, patient_id, data) "
            "ON CONFLICT (network_id, kind, subject_id) DO UPDATE SET due_at = excluded.due_at, "
            "try_at = excluded.try_at, attempts = 0, patient_id = excluded.patient_id, "
            "data = excluded.data RETURNING 1",
        ),
    ),
    "timer",
    inserts=True,
)
_DUE = Statement(
    "SELECT network_id, kind, subject_id FROM timer WHERE kind = ANY($1::text[]) "
    "AND try_at <= $2::timestamptz ORDER BY try_at, kind, subject_id LIMIT $3::bigint",
    ("kinds", "now", "limit"),
    {},
)
# A timer with ticks of this very boot goes by them, until a first try of it has failed.
_DUE_ELAPSED = Statement(
    "SELECT network_id, kind, subject_id FROM timer WHERE kind = ANY($1::text[]) "
    "AND (try_at <= $2::timestamptz OR data ? 'boot') "
    "AND CASE WHEN data->>'boot' = $4::text AND attempts = 0 "
    "THEN (data->>'ticks_ms')::bigint <= $5::bigint ELSE try_at <= $6::timestamptz END "
    "ORDER BY try_at, kind, subject_id LIMIT $3::bigint",
    ("kinds", "since", "limit", "boot", "ticks_ms", "now"),
    {},
)
_TAKE = Statement(
    "DELETE FROM timer WHERE (network_id, kind, subject_id) = (SELECT network_id, kind, "
    "subject_id FROM timer WHERE network_id = $1::uuid AND kind = $2::text "
    "AND subject_id = $3::uuid AND CASE WHEN data->>'boot' = $4::text AND attempts = 0 "
    "THEN (data->>'ticks_ms')::bigint <= $5::bigint ELSE try_at <= $6::timestamptz END "
    "FOR UPDATE SKIP LOCKED) "
    "RETURNING due_at, patient_id, data, attempts",
    ("network_id", "kind", "subject_id", "boot", "ticks_ms", "now"),
    {},
)
_PUT_OFF = Statement(
    "UPDATE timer SET attempts = attempts + 1, try_at = $4::timestamptz + LEAST($5::interval, "
    "$6::interval * power(2, LEAST(attempts, 20))) WHERE network_id = $1::uuid "
    "AND kind = $2::text AND subject_id = $3::uuid",
    ("network_id", "kind", "subject_id", "now", "longest", "first"),
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A timer whose time has come. `due_at` is when it should have run, however late it is."""

    kind: str
    subject_id: UUID
    due_at: datetime
    patient_id: UUID | None
    data: Mapping[str, Datum]


Handler = Callable[[Due, Transaction], Awaitable[None]]


@dataclass(slots=True)
class Timers:
    """What a service does when something falls due. Filled by its `due.py`."""

    service: str
    _handlers: dict[str, Handler] = field(default_factory=dict)
    elapsed: bool = False  # whether any of its kinds counts elapsed time

    def on(self, kind: str, *, elapsed: bool = False) -> Callable[[Handler], Handler]:
        """Handle the timers of a kind, which may count elapsed time. Raises ValueError for a
        second handler.

        It runs in a transaction of the timer's network, and neither commits nor catches: a raised
        `conflict` means that there is nothing left to do, anything else comes again later.
        """

        def register(handler: Handler) -> Handler:
            if kind in self._handlers:
                raise ValueError(f"{kind} already has a handler")
            self._handlers[kind] = handler
            self.elapsed = self.elapsed or elapsed
            return handler

        return register

    def handler_of(self, kind: str) -> Handler:
        """The handler of a kind. Raises KeyError."""
        return self._handlers[kind]

    @property
    def kinds(self) -> list[str]:
        """The kinds handled."""
        return sorted(self._handlers)


def schedule(
    tx: Transaction,
    kind: str,
    subject_id: UUID,
    due_at: datetime,
    *,
    patient_id: UUID | None = None,
    data: Mapping[str, Datum] | None = None,
) -> None:
    """Have a kind's handler run once at or after `due_at`; a timer already set is moved.

    `data` holds ids, codes and numbers, never a text about anybody.
    """
    _queue(tx)[kind, subject_id] = (due_at, patient_id, orjson.dumps(data or {}).decode())


def schedule_elapsed(
    tx: Transaction,
    kind: str,
    subject_id: UUID,
    wait: timedelta,
    *,
    patient_id: UUID | None = None,
    data: Mapping[str, Datum] | None = None,
) -> None:
    """Have it run once that much time has passed, whatever happens to the date meanwhile."""
    ticks = tx.ticks()
    counted = {**(data or {}), "boot": ticks.boot, "ticks_ms": ticks.ms + _ms(wait)}
    schedule(tx, kind, subject_id, tx.now + wait, patient_id=patient_id, data=counted)


def late_by(due: Due, tx: Transaction) -> timedelta:
    """How long ago it fell due, by elapsed time where that is known here."""
    ticks = tx.ticks()
    if due.data.get("boot") == ticks.boot:
        return timedelta(milliseconds=ticks.ms - int(due.data["ticks_ms"]))
    return tx.now - due.due_at


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def cancel(tx: Transaction, kind: str, subject_id: UUID) -> None:
    """Take a timer away, if there is one."""
    _queue(tx)[kind, subject_id] = None


def _queue(tx: Transaction) -> dict[tuple[str, UUID], Any]:
    if not tx.timers:
        tx.before_flush(lambda: _write(tx))
    return tx.timers


def _write(tx: Transaction) -> None:
    queued, tx.timers = tx.timers, {}
    gone = [key for key, row in queued.items() if row is None]
    set_ = [(key, row) for key, row in queued.items() if row is not None]
    if gone:
        kinds, subjects = zip(*gone, strict=True)
        tx.write(_CANCEL, network_id=tx.network, kinds=list(kinds), subjects=list(subjects))
    if set_:
        tx.write(
            _SCHEDULE,
            network_id=tx.network,
            kinds=[key[0] for key, _ in set_],
            subjects=[key[1] for key, _ in set_],
            due=[row[0] for _, row in set_],
            patients=[row[1] for _, row in set_],
            data=[row[2] for _, row in set_],
        )


async def run_due(db: Database, timers: Timers) -> int:
    """Run what is due now, the longest due first, a batch at the most. Returns how many ran."""
    async with db.transaction(None) as tx:
        if timers.elapsed:
            due = await tx.fetch(
                _DUE_ELAPSED, kinds=timers.kinds, since=tx.now, limit=BATCH, **_moment(tx)
            )
        else:
            due = await tx.fetch(_DUE, kinds=timers.kinds, now=tx.now, limit=BATCH)
    ran = 0
    for row in due:
        where = dict(row)
        try:
            ran += await _run(db, timers, where)
        except Exception as error:
            if is_infrastructure(error):
                raise
            _log.error(
                "timer_failed",
                kind=row["kind"],
                error=error_name(error),
                where=error_place(error),
            )
            await _put_off(db, where)
    return ran


async def _run(db: Database, timers: Timers, where: dict[str, Any]) -> bool:
    """Run one timer, unless another worker has it. A conflict counts as done."""
    try:
        async with db.transaction(where["network_id"]) as tx:
            taken = await tx.fetch_one(_TAKE, **where, **_moment(tx))
            if taken is None:
                return False
            work = timers.handler_of(where["kind"])(_due(where, dict(taken)), tx)
            what, whom = (where["kind"], where["subject_id"]), taken["patient_id"]
            await of_timer(tx, timers.service, *what, work, patient_id=whom)
    except Exception as error:
        if not is_conflict(error):
            raise
        async with db.transaction(where["network_id"]) as tx:
            await tx.fetch_one(_TAKE, **where, **_moment(tx))
    return True


def _moment(tx: Transaction) -> dict[str, Any]:
    ticks = tx.ticks()
    return {"boot": ticks.boot, "ticks_ms": ticks.ms, "now": tx.now}


def _due(where: Mapping[str, Any], taken: Mapping[str, Any]) -> Due:
    return Due(
        kind=where["kind"],
        subject_id=where["subject_id"],
        due_at=taken["due_at"],
        patient_id=taken["patient_id"],
        data=taken["data"],
    )


async def _put_off(db: Database, where: dict[str, Any]) -> None:
    async with db.transaction(where["network_id"]) as tx:
        await tx.execute(_PUT_OFF, **where, now=tx.now, longest=LONGEST_RETRY, first=FIRST_RETRY)


async def oldest(db: Database, timers: Iterable[str]) -> datetime | None:
    """When the longest due timer of these kinds was due, if any is."""
    async with db.transaction(None) as tx:
        row = await tx.fetch_one(_OLDEST, kinds=list(timers), now=tx.now)
    return None if row is None else row["due_at"]


_OLDEST = Statement(
    "SELECT min(due_at) AS due_at FROM timer WHERE kind = ANY($1::text[]) "
    "AND due_at <= $2::timestamptz",
    ("kinds", "now"),
    {},
)
