"""A visit that cannot take place as it stands, and who sees to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit

_OWNERS = (Role.PRESCRIBER, Role.THERAPIST, Role.NURSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanTask:
    """A broken visit that somebody owns until it is resolved."""

    id: UUID
    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    reason: str
    broken_practitioner_id: UUID | None
    owner_id: UUID | None  # None: whoever administers the site
    opened_at: datetime
    resolution: str | None = None
    resolved_by: UUID | None = None
    resolved_at: datetime | None = None


def owner_of(visit: Visit, broken: UUID | None) -> UUID | None:
    """Who owns a broken visit: of its team, whoever is not the one who fell away."""
    for role in _OWNERS:
        person = visit.staff.get(role)
        if person is not None and person != broken:
            return person
    return None
