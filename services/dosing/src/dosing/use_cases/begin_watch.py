"""Begin to watch a patient who has been given drug."""

from datetime import timedelta
from uuid import UUID

from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction

from dosing.domain.monitoring import next_due
from dosing.domain.protocol import Watch
from dosing.domain.session import Session
from dosing.store import anchors, monitors
from dosing.store.watch_timers import schedule_overdue


async def begin_watch(
    session: Session, watch: Watch, by: UUID, clock: Clock, tx: Transaction
) -> None:
    """From the first part of the dose on: somebody watches, and late observations call out.

    Whoever gave the dose watches until somebody else takes over. A further part changes nothing.
    """
    if await monitors.current(tx, session.id) is not None:
        anchors.add(tx, session.id, "dose", clock)
        return
    monitors.add(tx, session.id, 1, by, "gave_the_dose")
    anchors.add(tx, session.id, "first_dose", clock)
    due = next_due(watch, ())
    if due is not None:
        schedule_overdue(tx, session, watch, due, timedelta(0))
