"""Plan the reminders of a visit that was booked or moved."""

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.data import reminder_policy
from scheduling.domain.visit import Visit
from scheduling.store import policies

PREFIX = "reminder."


async def plan_reminders(visit: Visit, tx: Transaction) -> None:
    """Set a timer for each that is still to come; one set before is moved.

    What becomes of the visit until then is looked at when it is due.
    """
    policy = reminder_policy()
    for kind in (await policies.at(tx, visit.site_id)).reminders:
        due_at = policy.due_at(kind, visit.starts_at)
        if due_at > tx.now:
            name = PREFIX + kind
            timers.schedule(tx, name, visit.id, due_at, patient_id=visit.patient_id)
