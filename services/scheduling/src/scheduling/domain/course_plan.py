"""From a solver's proposal to visits that can be booked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from scheduling.domain.course import Aim, Candidate, Proposal, Reason
from scheduling.domain.opening import Span
from scheduling.domain.practitioner import Role
from scheduling.domain.visit_type import LEAD, VisitType


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientWishes:
    """What the patient cannot or would rather not."""

    unavailable: Sequence[Span] = ()
    weekdays: frozenset[int] = frozenset(range(1, 8))  # that suit; 1 is Monday
    earliest: time = time(0)  # local time of day at which a visit may begin
    latest: time = time(23, 59)
    preferred_time: time | None = None
    therapist: UUID | None = None  # preferred

    def suit(self, span: Span, local: datetime) -> bool:
        """Whether a visit at that time keeps what the patient said."""
        if local.isoweekday() not in self.weekdays:
            return False
        if not self.earliest <= local.time() <= self.latest:
            return False
        return not any(one.overlaps(span) for one in self.unavailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVisit:
    """One step of a plan, with everybody and everything named."""

    step: str
    visit_type: str
    site_id: UUID
    starts_at: datetime
    local_on: date
    room_id: UUID | None
    staff: Mapping[Role, UUID]
    equipment_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A plan to choose, and what speaks for it."""

    aim: Aim
    reasons: tuple[Reason, ...]
    visits: tuple[PlannedVisit, ...]


def option_of(
    proposal: Proposal, kinds: Mapping[str, VisitType], visit_types: Mapping[str, str]
) -> Option:
    """Name the team, the room and the equipment of each step: the same ones as far as possible."""
    used: Counter[UUID] = Counter()
    visits = []
    for step, slot in sorted(proposal.placed.items(), key=lambda item: item[1].starts_at):
        kind = kinds[visit_types[step]]
        staff = {role: _choose(role.value, slot, used) for role in kind.staff}
        if Role.THERAPIST in staff:
            staff[Role.THERAPIST] = slot.therapist
        staff = led(staff, slot.team)
        used.update(staff.values())
        room = _choose("room", slot, used) if kind.room_required else None
        if room is not None:
            used[room] += 1
        visits.append(
            PlannedVisit(
                step=step,
                visit_type=kind.code,
                site_id=slot.site_id,
                starts_at=slot.starts_at,
                local_on=slot.local_on,
                room_id=room,
                staff=staff,
                equipment_ids=tuple(_choose(piece, slot, used) for piece in kind.equipment),
            )
        )
    return Option(aim=proposal.aim, reasons=proposal.reasons, visits=tuple(visits))


def led(staff: Mapping[Role, UUID], free: Mapping[str, Sequence[UUID]]) -> dict[Role, UUID]:
    """The team with somebody who leads in an emergency, where the visit needs one."""
    leads = free.get(LEAD, ())
    if not leads or set(staff.values()) & set(leads):
        return dict(staff)
    for role in (Role.NURSE, Role.PRESCRIBER, Role.THERAPIST):
        for who in leads:
            if role in staff and who in free[role.value]:
                return {**staff, role: who}
    return dict(staff)


def _choose(need: str, slot: Candidate, used: Counter[UUID]) -> UUID:
    return max(slot.team[need], key=lambda one: (used[one], one))
