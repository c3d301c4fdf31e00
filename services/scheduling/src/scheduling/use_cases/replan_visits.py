"""See to visits that cannot take place as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.domain.practitioner import Role
from scheduling.domain.replanning import ReplanTask, owner_of
from scheduling.domain.visit import Visit, VisitState
from scheduling.domain.visit_type import LEAD
from scheduling.store import occupancy, replans, visit_changes, visits
from scheduling.use_cases.find_slots import FindSlots, find_slots
from scheduling.use_cases.occupy_slot import occupy_slot

SUBSTITUTED = "substituted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanVisits:
    """Visits that lost somebody or something."""

    visit_ids: Sequence[UUID]
    reason: str  # a code, e.g. credential_suspended, site_closed
    practitioner_id: UUID | None  # who fell away; None where it is a place or a thing


@dataclass(slots=True)
class Replanned:
    """What became of them."""

    reassigned: list[UUID] = field(default_factory=list)
    held: list[UUID] = field(default_factory=list)


async def replan_visits(command: ReplanVisits, tx: Transaction) -> Replanned:
    """Give each visit to somebody free and qualified; hold the rest, and name an owner."""
    outcome = Replanned()
    for visit_id in command.visit_ids:
        visit = await visits.lock(tx, visit_id)
        if visit.state not in (VisitState.BOOKED, VisitState.HELD):
            continue
        if command.practitioner_id is not None and await _substituted(command, visit, tx):
            outcome.reassigned.append(visit.id)
            continue
        await _held(command, visit, tx)
        outcome.held.append(visit.id)
    return outcome


async def _substituted(command: ReplanVisits, visit: Visit, tx: Transaction) -> bool:
    """Whether somebody else could take their part, at the same time and place."""
    gone = [role for role, who in visit.staff.items() if who == command.practitioner_id]
    kept = {role: frozenset({who}) for role, who in visit.staff.items() if role not in gone}
    asked = FindSlots(
        visit_type=visit.visit_type,
        since=visit.starts_at,
        until=visit.ends_at,
        site_ids=[visit.site_id],
        people=kept,
        one_to_one=visit.one_to_one,
        ignored=[visit.id],
        step_minutes=5,
        limit=1,
    )
    found = await find_slots(asked, tx)
    if not found or found[0].starts_at != visit.starts_at:
        return False
    staff, leads = dict(visit.staff), found[0].choices.get(LEAD, [])
    for role in gone:
        others = [who for who in found[0].choices[role] if who != command.practitioner_id]
        if not others:
            return False
        staff[Role(role)] = next((who for who in others if who in leads), others[0])
    if LEAD in found[0].choices and not set(staff.values()) & set(leads):
        return False
    if visit.room_id is not None and visit.room_id not in found[0].choices.get("room", []):
        return False
    await _reassign(command, visit, replace(visit, staff=staff, version=visit.version + 1), tx)
    return True


async def _reassign(command: ReplanVisits, was: Visit, moved: Visit, tx: Transaction) -> None:
    await occupancy.release(tx, was.id)
    await visit_changes.save_moved(tx, moved)
    await visit_changes.restaff(tx, moved)
    await occupy_slot(moved, tx)
    visit_changes.add_change(tx, was, moved, change=SUBSTITUTED, reason=command.reason, by=None)
    event = publish.visit_moved(was, moved, reason=command.reason, at=tx.now)
    await outbox.append(tx, event)


async def _held(command: ReplanVisits, visit: Visit, tx: Transaction) -> None:
    if visit.state is VisitState.BOOKED:
        held = visit.hold(command.reason)
        await visit_changes.save_moved(tx, held)
        visit_changes.add_change(tx, visit, held, change="held", reason=command.reason, by=None)
        await outbox.append(tx, publish.visit_held(held, at=tx.now))
    task = ReplanTask(
        id=uuid7(),
        visit_id=visit.id,
        patient_id=visit.patient_id,
        site_id=visit.site_id,
        reason=command.reason,
        broken_practitioner_id=command.practitioner_id,
        owner_id=owner_of(visit, command.practitioner_id),
        opened_at=tx.now,
    )
    await replans.add(tx, task)
