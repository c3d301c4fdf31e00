"""Free what a visit occupies, and see to whom that concerns."""

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.data import booking_policy, visit_types
from scheduling.domain.claims import claims_of
from scheduling.domain.visit import Visit
from scheduling.store import monitors, occupancy, policies, visit_changes, visits
from scheduling.use_cases.give_slot import give_slot

RATIO = "monitor_ratio"


async def free_slot(freed: Visit, tx: Transaction, *, moved: Visit | None = None) -> None:
    """Give the slot back; that of a visit which moved is given back already.

    A later dosing visit that becomes the patient's first is watched one to one from then on. Where
    its monitor has other patients at that time, it is held until somebody moves it.
    """
    await give_slot(freed, tx, given=moved is not None)
    if freed.route is None:
        return
    if not (await policies.at(tx, freed.site_id)).booking.first_dose_one_to_one:
        return
    for visit in await visits.lock_to_come(tx, freed.patient_id):
        if visit.id == freed.id or visit.one_to_one:
            continue
        dosed = await monitors.has_dose_before(
            tx, visit.patient_id, before=visit.starts_at, visit_id=visit.id
        )
        if not dosed:
            await _watch_alone(visit, tx)


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
