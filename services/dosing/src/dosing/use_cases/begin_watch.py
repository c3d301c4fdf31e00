"""Begin to watch a patient who has been given drug."""

from datetime import timedelta
from uuid import UUID

from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain.monitoring import next_due
from dosing.domain.protocol import Watch
from dosing.domain.session import Session
from dosing.store import anchors, monitors
from dosing.store.monitors import Assignment
from dosing.store.watch_timers import schedule_overdue


async def begin_watch(
    session: Session, watch: Watch, by: UUID, clock: Clock, tx: Transaction, *, first_dose: bool
) -> None:
    """From the first part of the dose on: somebody watches, and late observations call out.

    Whoever gave the dose watches until somebody else takes over. A further part changes nothing.
    `first_dose`: the patient has never had one before, and is watched one to one.
    """
    if await monitors.current(tx, session.id) is not None:
        anchors.add(tx, session.id, "dose", clock)
        return
    alone = first_dose and data.watch_policy().first_dose_one_to_one
    begun = Assignment(
        seq=1, practitioner_id=by, cause="gave_the_dose", assigned_at=tx.now, one_to_one=alone
    )
    monitors.add(tx, session.id, begun)
    anchors.add(tx, session.id, "first_dose", clock)
    due = next_due(watch, ())
    if due is not None:
        schedule_overdue(tx, session, watch, due, timedelta(0))
