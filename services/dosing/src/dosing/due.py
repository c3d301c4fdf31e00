"""What falls due in this service: from a timer to a use case."""

from datetime import datetime

from kairos_chassis.db import Transaction
from kairos_chassis.timers import Due, Timers

from dosing.store.watch_timers import ESCORT_PAGE, OVERDUE
from dosing.use_cases.escalate_observation import EscalateObservation, escalate_observation
from dosing.use_cases.page_for_escort import page_for_escort

timers = Timers("dosing")


@timers.on(OVERDUE)
async def on_observation_overdue(due: Due, tx: Transaction) -> None:
    """An observation is five or ten minutes late."""
    await escalate_observation(
        EscalateObservation(
            session_id=due.subject_id,
            due_at=datetime.fromisoformat(str(due.data["due"])),
            escalate=due.data["step"] == "escalate",
        ),
        tx,
    )


@timers.on(ESCORT_PAGE)
async def on_escort_late(due: Due, tx: Transaction) -> None:
    """A patient could leave but for the escort."""
    await page_for_escort(due.subject_id, tx)
