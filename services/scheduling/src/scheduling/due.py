"""What falls due, turned into this service's own use cases."""

from kairos_chassis.db import Transaction
from kairos_chassis.timers import Due, Timers

from scheduling.use_cases.end_hold import EndHold, end_hold
from scheduling.use_cases.hold_slot import EXPIRY

timers = Timers("scheduling")


@timers.on(EXPIRY)
async def on_hold_expiry(due: Due, tx: Transaction) -> None:
    """Free a slot nobody booked. It counted as free from its instant on; this tidies up."""
    await end_hold(EndHold(hold_id=due.subject_id, expired=True), tx)
