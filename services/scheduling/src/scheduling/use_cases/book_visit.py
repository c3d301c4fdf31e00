"""Put a visit into the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit
from scheduling.store import visits
from scheduling.use_cases.admit_visit import AdmitVisit, admit_visit
from scheduling.use_cases.occupy_slot import Overbooking, occupy_slot
from scheduling.use_cases.plan_reminders import plan_reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class BookVisit:
    """Who comes when, where, for what, and who is there for them."""

    patient_id: UUID
    site_id: UUID
    room_id: UUID | None
    visit_type: str
    route: str | None
    starts_at: datetime  # aware, UTC
    staff: Mapping[Role, UUID]
    equipment_ids: tuple[UUID, ...] = ()
    course_id: UUID | None = None
    overbooking: Overbooking | None = None


async def book_visit(command: BookVisit, tx: Transaction) -> Visit:
    """Keep the visit, occupy everybody and everything it needs, and announce it: all or nothing.

    Raises what `admit_visit` and `occupy_slot` raise.
    """
    wanted = AdmitVisit(
        visit_id=uuid7(),
        patient_id=command.patient_id,
        site_id=command.site_id,
        room_id=command.room_id,
        visit_type=command.visit_type,
        route=command.route,
        starts_at=command.starts_at,
        staff=command.staff,
        equipment_ids=command.equipment_ids,
        course_id=command.course_id,
        look_first=command.overbooking is None,
    )
    visit = await admit_visit(wanted, tx)
    visits.add(tx, visit)
    await occupy_slot(visit, tx, overbooking=command.overbooking)
    await outbox.append(tx, publish.visit_booked(visit))
    await plan_reminders(visit, tx)
    return visit
