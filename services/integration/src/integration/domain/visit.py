"""A visit in scheduling, as far as integration needs to know of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class VisitState(StrEnum):
    """What became of it."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    MISSED = "missed"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One planned meeting of the patient."""

    id: UUID
    patient_id: UUID
    site_id: UUID
    visit_type: str
    starts_at: datetime
    state: VisitState = VisitState.PLANNED

    def become(self, state: VisitState) -> "Visit":
        """The visit, cancelled, missed or completed."""
        return replace(self, state=state)


def next_after(visits: Iterable[Visit], patient_id: UUID, after: datetime) -> Visit | None:
    """The patient's first planned visit that starts at or after a time."""
    fitting = (
        visit
        for visit in visits
        if visit.patient_id == patient_id
        and visit.state is VisitState.PLANNED
        and visit.starts_at >= after
    )
    return min(fitting, key=lambda visit: visit.starts_at, default=None)
