"""Give the slot of a visit back, and let it be offered to those who wait."""

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.domain.visit import Visit
from scheduling.store import occupancy

FREED = "waitlist.slot_freed"


async def give_slot(freed: Visit, tx: Transaction, *, given: bool = False) -> None:
    """Release what it occupies; that of a visit which moved is given back already (`given`).

    It is offered in a transaction of its own, once it is free for certain.
    """
    if not given:
        await occupancy.release(tx, freed.id)
    slot: dict[str, timers.Datum] = {"starts_at": freed.starts_at.isoformat()}
    timers.schedule(tx, FREED, freed.id, tx.now, data=slot | _place(freed))


def _place(freed: Visit) -> dict[str, timers.Datum]:
    """Where and with whom it was: a visit that moved no longer says it."""
    place: dict[str, timers.Datum] = {"site_id": str(freed.site_id)}
    if freed.room_id is not None:
        place["room_id"] = str(freed.room_id)
    return place | {f"staff.{role.value}": str(who) for role, who in freed.staff.items()}
