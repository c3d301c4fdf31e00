"""Make a visit of a slot that is held."""

from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis import outbox, timers
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.data import visit_types
from scheduling.domain.change_errors import HoldOver
from scheduling.domain.slot_hold import HoldState
from scheduling.domain.visit import Visit
from scheduling.store import holds, occupancy, visits
from scheduling.use_cases.admit_visit import AdmitVisit, admit_visit
from scheduling.use_cases.hold_slot import EXPIRY
from scheduling.use_cases.plan_reminders import plan_reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class BookHold:
    """Somebody has made up their mind."""

    hold_id: UUID


async def book_hold(command: BookHold, tx: Transaction) -> Visit:
    """Keep the visit in the held slot and announce it: all or nothing.

    Everything is checked anew: clearance or a credential may have gone meanwhile. Raises
    HoldNotFound (404), HoldOver (409), and what `admit_visit` raises.
    """
    seen = await holds.find(tx, command.hold_id)
    wanted = AdmitVisit(
        visit_id=seen.id,
        patient_id=seen.patient_id,
        site_id=seen.site_id,
        room_id=seen.room_id,
        visit_type=seen.visit_type,
        route=visit_types()[seen.visit_type].route,
        starts_at=seen.starts_at,
        staff=seen.staff,
        equipment_ids=seen.equipment_ids,
    )
    admitted = await admit_visit(wanted, tx)
    held = await holds.lock(tx, command.hold_id)
    await holds.end(tx, held.end(HoldState.BOOKED, at=tx.now))
    visit = replace(admitted, one_to_one=held.one_to_one)
    visits.add(tx, visit)
    if not await occupancy.hand_over(tx, held.id, visit.id):
        raise HoldOver
    timers.cancel(tx, EXPIRY, held.id)
    await outbox.append(tx, publish.visit_booked(visit))
    await plan_reminders(visit, tx)
    return visit
