"""What falls due in this service, turned into its use cases."""

from kairos_chassis.db import Transaction
from kairos_chassis.timers import Due, Timers

from intake.use_cases.escalate_concern import EscalateConcern, escalate_concern
from intake.use_cases.raise_concern import CLOCK

timers = Timers("intake")


@timers.on(CLOCK)
async def on_escalation(due: Due, tx: Transaction) -> None:
    """Nobody has taken the concern up in time."""
    step = int(due.data["step"])
    await escalate_concern(EscalateConcern(concern_id=due.subject_id, step=step), tx)
