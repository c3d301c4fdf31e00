"""Derive a patient's clearance anew, after anything it depends on has changed."""

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from intake import publish
from intake.domain.clearance import Clearance, derive
from intake.store import clearances, concerns, consents, decisions


async def reconsider_clearance(locked: Clearance, tx: Transaction) -> Clearance:
    """Keep and announce the clearance if it changed, in the transaction of the cause.

    `locked` was taken with `clearances.lock` before the cause was read, so that nobody confirms
    or changes it in between.
    """
    patient_id = locked.patient_id
    routes = derive(
        await decisions.in_force(tx, patient_id),
        await consents.agreed(tx, patient_id),
        safety_blocked=bool(await concerns.blocking(tx, patient_id)),
        now=tx.now,
    )
    changed = locked.reconsidered(routes, tx.now)
    if changed is not locked:
        clearances.save(tx, changed)
        await outbox.append(tx, publish.clearance_changed(changed))
    return changed
