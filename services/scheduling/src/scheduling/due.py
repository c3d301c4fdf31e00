"""What falls due, turned into this service's own use cases."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.timers import Due, Timers

from scheduling.use_cases.end_hold import EndHold, end_hold
from scheduling.use_cases.follow_credential import FollowCredential, follow_credential
from scheduling.use_cases.hold_slot import EXPIRY
from scheduling.use_cases.note_dose import DEADLINE
from scheduling.use_cases.open_breach import OpenBreach, open_breach
from scheduling.use_cases.schedule_credential_watch import WATCH

timers = Timers("scheduling")


@timers.on(EXPIRY)
async def on_hold_expiry(due: Due, tx: Transaction) -> None:
    """Free a slot nobody booked. It counted as free from its instant on; this tidies up."""
    await end_hold(EndHold(hold_id=due.subject_id, expired=True), tx)


@timers.on(WATCH)
async def on_credential_watch(due: Due, tx: Transaction) -> None:
    """Alert about a credential, or let it lapse."""
    command = FollowCredential(
        credential_id=due.subject_id,
        practitioner_id=UUID(str(due.data["practitioner_id"])),
        days_left=int(due.data["days_left"]),
    )
    await follow_credential(command, tx)


@timers.on(DEADLINE)
async def on_integration_deadline(due: Due, tx: Transaction) -> None:
    """Integration that did not take place in time becomes a breach."""
    await open_breach(OpenBreach(session_id=due.subject_id), tx)
