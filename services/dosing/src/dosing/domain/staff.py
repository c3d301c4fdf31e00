"""Who may do what today, by the credentials on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from dosing.domain.errors import NotLicensed
from dosing.domain.session import Session


class Act(StrEnum):
    """Acts that need a qualification."""

    PRESCRIBE = "prescribe"
    ADMINISTER = "administer"
    HANDLE = "handle"  # draw up, check as the second person, witness
    DISCHARGE = "discharge"  # sign that the patient may leave
    MONITOR = "monitor"  # watch a dosed patient, answer alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """One way to qualify for an act: a role and the credentials that go with it; policy data."""

    act: Act
    role: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """The latest version of a credential."""

    kind: str
    state: str | None  # None: valid in every state
    issued_on: date
    expires_on: date  # last day of validity
    active: bool

    def holds(self, day: date, state: str) -> bool:
        """Whether it may be relied on that day in that state."""
        return (
            self.active and self.issued_on <= day <= self.expires_on and self.state in (None, state)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """A member of staff as scheduling announced them; without roles if it never did."""

    id: UUID
    roles: frozenset[str] = frozenset()
    credentials: tuple[Credential, ...] = ()


def qualified(
    person: Practitioner,
    act: Act,
    qualifications: Sequence[Qualification],
    day: date,
    state: str,
) -> bool:
    """Whether a person may do this act on that day in that state."""
    held = {one.kind for one in person.credentials if one.holds(day, state)}
    return any(
        way.act is act and way.role in person.roles and held.issuperset(way.kinds)
        for way in qualifications
    )


def day_at(session: Session, now: datetime) -> date:
    """The calendar day at the session's site: a licence ends at midnight there."""
    return now.astimezone(session.zone).date()


def require(
    person: Practitioner,
    act: Act,
    qualifications: Sequence[Qualification],
    session: Session,
    now: datetime,
) -> None:
    """Raises NotLicensed if this person may not do this act at the session's site today."""
    if not qualified(person, act, qualifications, day_at(session, now), session.site_state):
        raise NotLicensed
