"""Put a visit into the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.data import visit_types
from scheduling.domain.clearance import require
from scheduling.domain.errors import SlotTaken, StartsInPast, UnknownVisitType
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit
from scheduling.domain.visit_type import VisitType
from scheduling.store import clearances, occupancy, practitioners, sites, visits
from scheduling.store.occupancy import Claim


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


async def book_visit(command: BookVisit, tx: Transaction) -> Visit:
    """Keep the visit, occupy everybody and everything it needs, and announce it: all or nothing.

    Raises UnknownVisitType, RouteMismatch, RoomRequired, StaffMismatch, StartsInPast (422),
    SiteNotFound, RoomNotFound, PractitionerNotFound (404), RoleNotHeld, CredentialNotValid,
    NotCleared, SlotTaken (409).
    """
    kind = _check_request(command, now=tx.now)
    visit = await _admissible(command, kind, tx)
    visits.add(tx, visit)
    taken = await occupancy.take(tx, visit.id, _claims(visit, kind))
    if taken:
        raise _slot_taken(visit, taken)
    await outbox.append(tx, publish.visit_booked(visit))
    return visit


def _check_request(command: BookVisit, *, now: datetime) -> VisitType:
    kind = visit_types().get(command.visit_type)
    if kind is None:
        raise UnknownVisitType
    kind.check_request(route=command.route, room_id=command.room_id, roles=frozenset(command.staff))
    if command.starts_at < now:
        raise StartsInPast
    return kind


async def _admissible(command: BookVisit, kind: VisitType, tx: Transaction) -> Visit:
    """The visit, if staff, clearance and room allow it; what was read holds until the commit."""
    tx.about(command.patient_id)
    site = await sites.find(tx, command.site_id)
    if command.room_id is not None:
        await sites.find_room(tx, command.room_id, site_id=site.id)
    local_on = site.local_day(command.starts_at)
    staff = await practitioners.share(tx, command.staff)
    kind.check_staff(staff, state=site.state, on=local_on)
    if kind.route is not None:
        clearance = await clearances.share(tx, command.patient_id)
        require(clearance, kind.route, at=command.starts_at)
    return Visit(
        id=uuid7(),
        patient_id=command.patient_id,
        site_id=site.id,
        room_id=command.room_id,
        visit_type=kind.code,
        visit_type_version=kind.version,
        route=kind.route,
        starts_at=command.starts_at,
        ends_at=kind.ends_at(command.starts_at),
        local_on=local_on,
        staff=dict(command.staff),
        booked_at=tx.now,
    )


def _claims(visit: Visit, kind: VisitType) -> list[Claim]:
    """The patient and each practitioner for the visit; the room also for its buffers."""
    people = [("patient", visit.patient_id)]
    people += [("practitioner", person) for person in sorted(set(visit.staff.values()))]
    claims = [
        Claim(kind=what, id=who, starts_at=visit.starts_at, ends_at=visit.ends_at)
        for what, who in people
    ]
    if visit.room_id is not None:
        before = timedelta(minutes=kind.room_before_minutes)
        after = timedelta(minutes=kind.room_after_minutes)
        start, end = visit.starts_at - before, visit.ends_at + after
        claims.append(Claim(kind="room", id=visit.room_id, starts_at=start, ends_at=end))
    return claims


def _slot_taken(visit: Visit, taken: list[Claim]) -> SlotTaken:
    people = {one.id for one in taken if one.kind == "practitioner"}
    roles = sorted(role for role, person in visit.staff.items() if person in people)
    return SlotTaken(sorted({one.kind for one in taken}), roles)
