"""Kinds of visits: who and what each needs, and for how long. The figures are policy data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduling.domain.change_errors import EquipmentMismatch
from scheduling.domain.credential_rules import CredentialRules
from scheduling.domain.errors import (
    CredentialNotValid,
    RoleNotHeld,
    RoomRequired,
    RouteMismatch,
    StaffMismatch,
)
from scheduling.domain.practitioner import Fault, Practitioner, Role
from scheduling.domain.rule_errors import DosesTooDense

LEAD = "emergency_lead"  # who of the team leads in an emergency: a need beside the roles


@dataclass(frozen=True, slots=True, kw_only=True)
class MostDoses:
    """So many visits of a kind within so many calendar days, at most."""

    count: int
    days: int

    def is_exceeded(self, days: Iterable[date]) -> bool:
        """Whether so many days in a row hold more of them."""
        ordered = sorted(days)
        return any(
            (last - first).days < self.days
            for first, last in zip(ordered, ordered[self.count :], strict=False)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitType:
    """One kind of visit, in one version of the policy."""

    code: str
    version: str
    route: str | None  # None for a visit without dosing
    room_required: bool
    duration_minutes: int
    minimum_watch_minutes: int
    room_before_minutes: int
    room_after_minutes: int
    staff: Mapping[Role, tuple[str, ...]]  # role to the kinds of credentials it needs
    equipment: tuple[str, ...] = ()  # kinds that have to be there, one piece of each
    interval_hours: int = 0  # from a dosing visit's start to the patient's next one
    monitor: Role | None = None  # who watches the patient after the dose
    emergency_lead: tuple[str, ...] = ()  # credentials that one of the team has to hold
    most_doses: MostDoses | None = None
    rules: CredentialRules = field(default_factory=CredentialRules)

    def __post_init__(self) -> None:
        """Raises ValueError for figures that cannot hold."""
        if not 0 <= self.minimum_watch_minutes < self.duration_minutes:
            raise ValueError(f"{self.code}: the visit must be longer than the watch it includes")

    def ends_at(self, starts_at: datetime) -> datetime:
        """The planned end: elapsed time, so a change of the clocks does not shorten the watch."""
        return starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def duration(self) -> timedelta:
        """From the planned start to the planned end."""
        return timedelta(minutes=self.duration_minutes)

    @property
    def needs(self) -> int:
        """How many kinds of people and things it takes."""
        beside = int(self.room_required) + int(bool(self.emergency_lead))
        return len(self.staff) + len(self.equipment) + beside

    def latest_arrival(self, ends_at: datetime) -> datetime:
        """After this the minimum watch no longer fits before the planned end."""
        return ends_at - timedelta(minutes=self.minimum_watch_minutes)

    def check_request(
        self, *, route: str | None, room_id: UUID | None, roles: frozenset[Role]
    ) -> None:
        """Whether a booking asks for this kind of visit. Raises RouteMismatch, RoomRequired,
        StaffMismatch."""
        if route != self.route:
            raise RouteMismatch
        if self.room_required and room_id is None:
            raise RoomRequired
        if roles != self.staff.keys():
            raise StaffMismatch(
                sorted(self.staff.keys() - roles), sorted(roles - self.staff.keys())
            )

    def check_staff(self, staff: Mapping[Role, Practitioner], *, state: str, on: date) -> None:
        """Whether everybody may do their part in that state on that day.

        Raises RoleNotHeld, CredentialNotValid.
        """
        if others := sorted(role for role, person in staff.items() if role not in person.roles):
            raise RoleNotHeld(others)
        if faults := self.credential_faults(staff, state=state, on=on):
            raise CredentialNotValid(faults)

    def check_equipment(self, kinds: Sequence[str]) -> None:
        """Whether the pieces named are of the kinds needed. Raises EquipmentMismatch."""
        if sorted(kinds) != sorted(self.equipment):
            missing = sorted(set(self.equipment) - set(kinds))
            raise EquipmentMismatch(missing, sorted(set(kinds) - set(self.equipment)))

    def credential_faults(
        self, staff: Mapping[Role, Practitioner], *, state: str, on: date
    ) -> list[dict[str, str]]:
        """What is wrong with whose credentials: role, kind and problem, as codes."""
        found = [
            {"role": role.value, "kind": kind, "problem": fault.value}
            for role, person in sorted(staff.items())
            for kind in self.staff[role]
            if (fault := self.rules.fault_of(person, kind, state=state, on=on)) is not None
        ]
        team = list(staff.values())
        if self.emergency_lead and not any(self.leads(one, state=state, on=on) for one in team):
            missing = Fault.MISSING.value
            found += [
                {"role": LEAD, "kind": one, "problem": missing} for one in self.emergency_lead
            ]
        return found

    def is_qualified(self, person: Practitioner, role: Role, *, state: str, on: date) -> bool:
        """Whether somebody may take that part in that state on that day."""
        faults = (
            self.rules.fault_of(person, kind, state=state, on=on) for kind in self.staff[role]
        )
        return all(fault is None for fault in faults)

    def leads(self, person: Practitioner, *, state: str, on: date) -> bool:
        """Whether somebody may lead in an emergency then."""
        kinds = self.emergency_lead
        faults = (self.rules.fault_of(person, kind, state=state, on=on) for kind in kinds)
        return all(fault is None for fault in faults)

    def check_density(self, days: Iterable[date]) -> None:
        """Whether a patient may have visits of this kind on those days. Raises DosesTooDense."""
        if self.most_doses is not None and self.most_doses.is_exceeded(days):
            raise DosesTooDense(self.most_doses.count, self.most_doses.days)
