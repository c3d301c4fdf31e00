"""What falls due in this service, turned into its use cases."""

from kairos_chassis.db import Transaction
from kairos_chassis.timers import Due, Timers

from intake.store import clearances
from intake.use_cases.escalate_concern import EscalateConcern, escalate_concern
from intake.use_cases.raise_concern import CLOCK
from intake.use_cases.reconsider_clearance import EXPIRY, reconsider_clearance

timers = Timers("intake")


@timers.on(CLOCK)
async def on_escalation(due: Due, tx: Transaction) -> None:
    """Nobody has taken the concern up in time."""
    step = int(due.data["step"])
    await escalate_concern(EscalateConcern(concern_id=due.subject_id, step=step), tx)


@timers.on(EXPIRY)
async def on_clearance_review(due: Due, tx: Transaction) -> None:
    """A decision or a consent runs out, or the rules have changed."""
    await reconsider_clearance(await clearances.lock(tx, due.subject_id), tx)
