"""Free what a visit occupies, and see to whom that concerns."""

from kairos_chassis import outbox, timers
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.data import booking_policy, visit_types
from scheduling.domain.claims import claims_of
from scheduling.domain.visit import Visit
from scheduling.store import monitors, occupancy, visit_changes, visits

RATIO = "monitor_ratio"
FREED = "waitlist.slot_freed"


async def free_slot(freed: Visit, tx: Transaction, *, moved: Visit | None = None) -> None:
    """Give the slot back; that of a visit which moved is given back already.

    A later dosing visit that becomes the patient's first is watched one to one from then on. Where
    its monitor has other patients at that time, it is held until somebody moves it.
    """
    if moved is None:
        await occupancy.release(tx, freed.id)
    # Offered to those who wait in a transaction of its own, once it is free for certain.
    slot: dict[str, timers.Datum] = {"starts_at": freed.starts_at.isoformat()}
    timers.schedule(tx, FREED, freed.id, tx.now, data=slot | _place(freed))
    if freed.route is None or not booking_policy().first_dose_one_to_one:
        return
    for visit in await visits.lock_to_come(tx, freed.patient_id):
        if visit.id == freed.id or visit.one_to_one:
            continue
        dosed = await monitors.has_dose_before(
            tx, visit.patient_id, before=visit.starts_at, visit_id=visit.id
        )
        if not dosed:
            await _watch_alone(visit, tx)


def _place(freed: Visit) -> dict[str, timers.Datum]:
    """Where and with whom it was: a visit that moved no longer says it."""
    place: dict[str, timers.Datum] = {"site_id": str(freed.site_id)}
    if freed.room_id is not None:
        place["room_id"] = str(freed.room_id)
    return place | {f"staff.{role.value}": str(who) for role, who in freed.staff.items()}


async def _watch_alone(visit: Visit, tx: Transaction) -> None:
    alone = visit.watched_alone()
    await occupancy.release(tx, visit.id)
    claims = claims_of(alone, visit_types()[visit.visit_type], patients_per_monitor=1)
    taken = await occupancy.take(tx, claims, visit_id=visit.id)
    if taken:  # keep what there was, and let nobody be dosed by it
        lanes = await monitors.limit(tx, booking_policy().patients_per_monitor)
        claims = claims_of(visit, visit_types()[visit.visit_type], patients_per_monitor=lanes)
        await occupancy.release(tx, visit.id)
        await occupancy.take(tx, claims, visit_id=visit.id)
        alone = alone.hold_if_open(RATIO)
    await visit_changes.save_moved(tx, alone)
    visit_changes.add_change(tx, visit, alone, change="first_dose", reason=RATIO, by=None)
    if taken and alone.held_reason == RATIO:
        await outbox.append(tx, publish.visit_held(alone, at=tx.now))
