"""Follow the watch: an observation was taken, so the next one is owed."""

from collections.abc import Sequence
from datetime import timedelta

from kairos_chassis.db import Transaction

from dosing.domain.monitoring import next_due
from dosing.domain.observation import Observation
from dosing.domain.protocol import Watch
from dosing.domain.session import Session
from dosing.store.watch_timers import cancel_overdue, schedule_overdue


async def follow_watch(
    session: Session,
    watch: Watch,
    taken: Sequence[Observation],
    passed: timedelta,
    again_at: timedelta | None,
    tx: Transaction,
) -> None:
    """Have the next missing observation call out, and no longer the one just taken.

    `passed` is the time since the first dose; `again_at` is when, counted in the same way, what was
    read last has somebody look again.
    """
    after = [
        timedelta(minutes=one.minutes_since_first_dose)
        for one in taken
        if one.minutes_since_first_dose is not None
    ]
    due = next_due(watch, after, again_at)
    if due is None:
        cancel_overdue(tx, session.id)
    else:
        schedule_overdue(tx, session, watch, due, passed)
