"""End a hold that is not to become a visit."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.domain.slot_hold import HoldState, SlotHold
from scheduling.store import holds, occupancy
from scheduling.use_cases.hold_slot import EXPIRY


@dataclass(frozen=True, slots=True, kw_only=True)
class EndHold:
    """Released by somebody, or expired."""

    hold_id: UUID
    expired: bool


async def end_hold(command: EndHold, tx: Transaction) -> SlotHold:
    """Free the slot. Raises HoldNotFound (404), HoldOver (409)."""
    held = await holds.lock(tx, command.hold_id)
    state = HoldState.EXPIRED if command.expired else HoldState.RELEASED
    ended = held.end(state, at=tx.now)
    await holds.end(tx, ended)
    await occupancy.release_hold(tx, held.id)
    if not command.expired:
        timers.cancel(tx, EXPIRY, held.id)
    return ended
