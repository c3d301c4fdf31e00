"""Take a patient off the waitlist."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.waitlist import WaitlistEntry
from scheduling.store import waitlists


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveWaitlist:
    """They wait no more."""

    entry_id: UUID


async def leave_waitlist(command: LeaveWaitlist, tx: Transaction) -> WaitlistEntry:
    """End the entry; an open offer runs out by itself. Raises EntryNotFound (404), EntryOver."""
    left = (await waitlists.lock(tx, command.entry_id)).leave()
    await waitlists.save(tx, left)
    return left
