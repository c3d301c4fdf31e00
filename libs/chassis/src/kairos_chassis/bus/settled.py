"""Below which id of the outbox nothing waits any more.

While an old snapshot is held somewhere, as by a dump or a long report, PostgreSQL keeps what the
relay has marked in the index of what is unpublished, and every look at it reads past all of that.
So a look begins where everything before is settled: published, and nothing still to be committed.

An id is settled once every transaction that was open when it was the highest visible has ended:
whoever drew a lower id held a transaction id by then, under the lock of the event's key. So we draw
one too, which is higher than all of those. (The upper end of a snapshot is not: it is the last one
that has ended, and some that are open may be higher.) Once a minute the whole index is read all
the same, so that a mistake here could delay an event for a minute and never lose it.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from kairos_chassis.db import Database

MOVE_SECONDS: Final = 1.0
WHOLE_SECONDS: Final = 60.0

_SNAPSHOT: Final = """
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest_open,
       pg_current_xact_id()::text::bigint as newest,
       (select coalesce(max(id), 0) from outbox) as highest,
       (select adopted_at from bus_incarnation) as adopted_at,
       (now() at time zone 'utc')::date as today
"""
_LOWEST: Final = "select id, recorded_on from relay_oldest($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Bound:
    """Nothing with this id or a lower one waits, and nothing of a day before `day`."""

    id: int
    day: date


EVERYTHING: Final = Bound(0, date(1970, 1, 1))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look showed: ids up to `highest` are decided once nothing older than `xid` is open."""

    highest: int
    xid: int
    day: date


class Settled:
    """Moves the bound on, at most once a second."""

    def __init__(self) -> None:
        self.bound = EVERYTHING
        self._seen: _Seen | None = None
        self._moved = 0.0
        self._whole = time.monotonic()
        self._adopted_at: datetime | None = None

    async def move(self, db: Database) -> None:
        """Look whether the bound can move, if it is time to."""
        now = time.monotonic()
        if now - self._moved < MOVE_SECONDS:
            return
        self._moved = now
        if now - self._whole >= WHOLE_SECONDS:
            self._whole, self.bound = now, EVERYTHING
        async with db.transaction(None) as tx:
            row = await tx.connection.fetchrow(_SNAPSHOT)
            assert row is not None
            if row["adopted_at"] != self._adopted_at:  # rows were made unpublished again
                self._adopted_at, self.bound = row["adopted_at"], EVERYTHING
            seen = self._seen
            if seen is not None and row["oldest_open"] >= seen.xid:
                lowest = await tx.connection.fetchrow(
                    _LOWEST, self.bound.id, self.bound.day, seen.highest
                )
                if lowest is None:
                    self.bound = Bound(seen.highest, seen.day)
                else:
                    self.bound = Bound(lowest["id"] - 1, min(lowest["recorded_on"], seen.day))
                seen = None
            if seen is None:
                # A transaction open over midnight still records for the day on which it began.
                day = row["today"] - timedelta(days=1)
                self._seen = _Seen(row["highest"], row["newest"], day)
