"""Admit a visit: everything that has to hold before anybody's time is taken for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import booking_policy, visit_types
from scheduling.domain.claims import DOSING_INTERVAL, claims_of, refusal_of
from scheduling.domain.clearance import require
from scheduling.domain.errors import StartsInPast, UnknownVisitType
from scheduling.domain.opening import Span
from scheduling.domain.practitioner import Role
from scheduling.domain.presence import Presence
from scheduling.domain.resource_errors import EquipmentNotFound
from scheduling.domain.site import Site
from scheduling.domain.visit import Visit
from scheduling.domain.visit_type import VisitType
from scheduling.store import (
    admissions,
    clearances,
    doses,
    monitors,
    openings,
    policies,
    practitioners,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitVisit:
    """A visit as it is wanted. `visit_id` is the visit that it is or will be."""

    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    room_id: UUID | None
    visit_type: str
    route: str | None
    starts_at: datetime  # aware, UTC
    staff: Mapping[Role, UUID]
    equipment_ids: tuple[UUID, ...] = ()
    course_id: UUID | None = None
    moving: frozenset[UUID] = field(default_factory=frozenset)  # visits that go elsewhere with it
    look_first: bool = False  # refuse what is taken before all the rest is asked


async def admit_visit(command: AdmitVisit, tx: Transaction) -> Visit:
    """The visit, if staff, credentials, clearance, hours, room and equipment allow it.

    What was read holds until the commit. Raises UnknownVisitType, RouteMismatch, RoomRequired,
    StaffMismatch, EquipmentMismatch, StartsInPast (422), SiteNotFound, RoomNotFound,
    EquipmentNotFound, PractitionerNotFound (404), RoleNotHeld, CredentialNotValid, NotCleared,
    NotOpen, PatientMerged, DosesTooDense, and if it looks first SlotTaken (409).
    """
    tx.about(command.patient_id)
    kind = _check_request(command, now=tx.now)
    where = (command.site_id, command.patient_id)
    site = await admissions.share(tx, *where, room_id=command.room_id)
    visit = _as_wanted(command, kind, site, now=tx.now)
    staff = await practitioners.share(tx, command.staff)
    kind.check_staff(staff, state=site.state, on=visit.local_on)
    if command.look_first:
        await _look_first(visit, kind, tx)
    await _check_presence(command, kind, site, tx)
    if kind.route is not None:
        clearance = await clearances.share(tx, command.patient_id)
        require(clearance, command.patient_id, kind.route, at=command.starts_at)
    await _check_density(command, kind, site, tx)
    await _check_equipment(command, kind, tx)
    return replace(visit, one_to_one=await _one_to_one(command, kind, tx))


def _as_wanted(command: AdmitVisit, kind: VisitType, site: Site, *, now: datetime) -> Visit:
    return Visit(
        id=command.visit_id,
        patient_id=command.patient_id,
        site_id=site.id,
        room_id=command.room_id,
        visit_type=kind.code,
        visit_type_version=kind.version,
        route=kind.route,
        starts_at=command.starts_at,
        ends_at=kind.ends_at(command.starts_at),
        local_on=site.local_day(command.starts_at),
        staff=dict(command.staff),
        booked_at=now,
        equipment_ids=command.equipment_ids,
        course_id=command.course_id,
    )


async def _look_first(visit: Visit, kind: VisitType, tx: Transaction) -> None:
    """Many want the same slot at once, and all but one are told so by a single look.

    What may be shared is left to the database's own judgement when it is occupied.
    """
    claims = claims_of(visit, kind, patients_per_monitor=booking_policy().patients_per_monitor)
    whole = [one for one in claims if one.lanes == 0 and one.kind != DOSING_INTERVAL]
    taken = await admissions.taken(tx, whole)
    if taken:
        raise refusal_of(visit, taken)


def _check_request(command: AdmitVisit, *, now: datetime) -> VisitType:
    kind = visit_types().get(command.visit_type)
    if kind is None:
        raise UnknownVisitType
    kind.check_request(route=command.route, room_id=command.room_id, roles=frozenset(command.staff))
    if command.starts_at < now:
        raise StartsInPast
    return kind


async def _check_density(command: AdmitVisit, kind: VisitType, site: Site, tx: Transaction) -> None:
    """Whether the patient has not too many doses around that day."""
    if kind.most_doses is None:
        return
    await doses.queue(tx, command.patient_id)
    ignored = {command.visit_id, *command.moving}
    days = await doses.days(tx, command.patient_id, kind.code, ignored=ignored)
    kind.check_density([*days, site.local_day(command.starts_at)])


async def _check_equipment(command: AdmitVisit, kind: VisitType, tx: Transaction) -> None:
    kinds = []
    if command.equipment_ids:
        there = {one.id: one.kind for one in await openings.equipment_at(tx, [command.site_id])}
        if not there.keys() >= set(command.equipment_ids):
            raise EquipmentNotFound
        kinds = [there[piece] for piece in command.equipment_ids]
    kind.check_equipment(kinds)


async def _check_presence(
    command: AdmitVisit, kind: VisitType, site: Site, tx: Transaction
) -> None:
    """Whether the site is open and everybody is there, as far as hours are on record."""
    span = Span(command.starts_at, kind.ends_at(command.starts_at))
    people = sorted(set(command.staff.values()))
    things = [*command.equipment_ids, *([command.room_id] if command.room_id else [])]
    presence = Presence(
        hours=await openings.hours(tx, [site.id], people),
        closures=await openings.closures(tx, [site.id, *things, *people], span),
    )
    presence.check(span, site=site, people=people)


async def _one_to_one(command: AdmitVisit, kind: VisitType, tx: Transaction) -> bool:
    if kind.monitor is None:
        return False
    if not (await policies.at(tx, command.site_id)).booking.first_dose_one_to_one:
        return False
    return not await monitors.has_dose_before(
        tx, command.patient_id, before=command.starts_at, visit_id=command.visit_id
    )
