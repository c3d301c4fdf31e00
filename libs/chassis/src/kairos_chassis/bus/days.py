"""Keeps the days of outbox and inbox: makes those to come, detaches those that are over.

What is detached stays in the schema `bus_archive`, out of the way of every query and still there
for a rebuild; to drop it is a decision for the owner of the database.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from kairos_chassis.bus import metrics
from kairos_chassis.db import Database
from kairos_chassis.failure import error_name, is_infrastructure

AHEAD_DAYS: Final = 7
EVERY_SECONDS: Final = 3600.0
AGAIN_SECONDS: Final = 60.0

# One worker at a time; another's turn is as good.
_ALONE: Final = "select pg_try_advisory_xact_lock(hashtext('kairos.bus_days'))"
_KEEP: Final = "select * from bus_days((now() at time zone 'utc')::date, $1, $2)"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done: days made, detached, and left for the next time as somebody held a lock."""

    made: int
    detached: int
    postponed: int


async def keep_days(db: Database, keep: int | None) -> Kept | None:
    """Do what is due; None if another worker does it. `keep` in days; None detaches nothing."""
    async with db.transaction(None) as tx:
        if not await tx.connection.fetchval(_ALONE):
            return None
        row = await tx.connection.fetchrow(_KEEP, AHEAD_DAYS, keep)
    assert row is not None
    return Kept(row["made"], row["detached"], row["postponed"])


async def keep_days_for_ever(db: Database, keep: int | None) -> None:
    """Do what is due every hour, until cancelled; sooner where something was postponed."""
    while True:
        kept: Kept | None = None
        try:
            kept = await keep_days(db, keep)
        except Exception as error:
            report = log.warning if is_infrastructure(error) else log.error
            report("days_not_kept", error=error_name(error))
            wait = AGAIN_SECONDS
        else:
            wait = AGAIN_SECONDS if kept is not None and kept.postponed else EVERY_SECONDS
        if kept is not None:
            metrics.DAYS_POSTPONED.set(kept.postponed)
            if kept.made or kept.detached:
                log.info("days_kept", current=kept.made, previous=kept.detached)
        await asyncio.sleep(wait)
