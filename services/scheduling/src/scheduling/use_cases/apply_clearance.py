"""Follow a change of clearance: hold the dosing visits it forbids, release those it allows."""

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.domain.clearance import Clearance
from scheduling.domain.visit import VisitState
from scheduling.store import clearances, visit_changes, visits


async def apply_clearance(known: Clearance, tx: Transaction) -> None:
    """Keep the clearance and move the patient's visits, all or nothing.

    A version no newer than the kept one changes nothing. A visit on hold keeps its slot.
    """
    if not await clearances.replace(tx, known):
        return
    for visit in await visits.lock_to_come(tx, known.patient_id):
        moved = visit.follow(known, now=tx.now)
        if moved is visit:
            continue
        await visit_changes.save_moved(tx, moved)
        if moved.state is VisitState.HELD:
            await outbox.append(tx, publish.visit_held(moved, at=tx.now))
        else:
            await outbox.append(tx, publish.visit_released(moved, at=tx.now))
