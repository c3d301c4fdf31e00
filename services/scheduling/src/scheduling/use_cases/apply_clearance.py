"""Follow a change of clearance: hold the dosing visits it forbids, release those it allows."""

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.data import booking_policy, visit_types
from scheduling.domain.claims import claims_of
from scheduling.domain.clearance import Clearance
from scheduling.domain.replanning import ReplanTask, owner_of
from scheduling.domain.visit import CLEARANCE_LOST, Visit, VisitState
from scheduling.store import (
    clearances,
    monitors,
    occupancy,
    policies,
    replans,
    visit_changes,
    visits,
)
from scheduling.use_cases.give_slot import give_slot

SLOT_GONE = "slot_given_away"


async def apply_clearance(known: Clearance, tx: Transaction) -> None:
    """Keep the clearance and let the patient's visits follow it, all or nothing.

    A version no newer than the kept one changes nothing, and one that was followed before is not
    followed again: a rebuild of the clearances tells nobody anything. A visit on hold keeps its
    slot, or gives it away where the policy of its site says so; then somebody owns it.
    """
    if not await clearances.replace(tx, known) or not await clearances.follow(tx, known):
        return
    for visit in await visits.lock_to_come(tx, known.patient_id):
        moved = visit.follow(known, now=tx.now)
        if moved is visit:
            continue
        if moved.state is VisitState.HELD:
            await _hold(visit, moved, tx)
        elif await _has_its_slot(moved, tx):
            await visit_changes.save_moved(tx, moved)
            await outbox.append(tx, publish.visit_released(moved, at=tx.now))
            await replans.resolve_because(
                tx, visit.id, CLEARANCE_LOST, resolution="clearance_regained"
            )
        else:
            await _own(visit, SLOT_GONE, tx)


async def _hold(visit: Visit, moved: Visit, tx: Transaction) -> None:
    await visit_changes.save_moved(tx, moved)
    await outbox.append(tx, publish.visit_held(moved, at=tx.now))
    if (await policies.at(tx, visit.site_id)).booking.frees_lost_slots:
        await give_slot(visit, tx)
        await _own(visit, CLEARANCE_LOST, tx)


async def _has_its_slot(visit: Visit, tx: Transaction) -> bool:
    """Whether it still has its slot, or gets back the one that it gave away."""
    if await occupancy.has_any(tx, visit.id):
        return True
    kind = visit_types()[visit.visit_type]
    lanes = await monitors.limit(tx, booking_policy().patients_per_monitor)
    claims = claims_of(visit, kind, patients_per_monitor=lanes)
    if not await occupancy.take(tx, claims, visit_id=visit.id):
        return True
    await occupancy.release(tx, visit.id)
    return False


async def _own(visit: Visit, reason: str, tx: Transaction) -> None:
    """Somebody has to find another slot for it, or call it off."""
    await replans.resolve_because(tx, visit.id, CLEARANCE_LOST, resolution=reason)
    task = ReplanTask(
        id=uuid7(),
        visit_id=visit.id,
        patient_id=visit.patient_id,
        site_id=visit.site_id,
        reason=reason,
        broken_practitioner_id=None,
        owner_id=owner_of(visit, None),
        opened_at=tx.now,
    )
    await replans.add(tx, task)
