"""The integration visit owed after a dose: met in time, or a breach that somebody owns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from scheduling.domain.plan_errors import BreachNotOpen

VISIT_TOOK_PLACE = "visit_took_place"


class DutyState(StrEnum):
    """Where it stands."""

    OWED = "owed"
    MET = "met"
    BREACHED = "breached"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationPolicy:
    """One version of the policy."""

    version: str
    hours: Mapping[str, int]  # by route
    resolutions: frozenset[str]  # how a breach is closed without the visit

    def due_at(self, route: str, last_dose_at: datetime) -> datetime:
        """Until when the visit has to have taken place."""
        return last_dose_at + timedelta(hours=self.hours[route])


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationDuty:
    """What one dosing session leaves to be done."""

    session_id: UUID
    patient_id: UUID
    site_id: UUID
    dosing_visit_id: UUID
    route: str
    last_dose_at: datetime
    due_at: datetime
    state: DutyState = DutyState.OWED
    breach_id: UUID | None = None
    owner_id: UUID | None = None
    breached_at: datetime | None = None
    resolution: str | None = None
    settled_by: UUID | None = None  # the visit, where one did
    settled_at: datetime | None = None

    def breach(self, breach_id: UUID, *, owner: UUID | None, at: datetime) -> "IntegrationDuty":
        """The duty, not done in time. Itself where it is settled or a breach already."""
        if self.state is not DutyState.OWED or at < self.due_at:
            return self
        return replace(
            self, state=DutyState.BREACHED, breach_id=breach_id, owner_id=owner, breached_at=at
        )

    def settle(
        self, *, visit_id: UUID | None, took_place_at: datetime, at: datetime
    ) -> "IntegrationDuty":
        """The duty, done. Itself where the meeting came before the dose or it is settled."""
        if took_place_at < self.last_dose_at or self.settled_at is not None:
            return self
        state = DutyState.MET if self.state is DutyState.OWED else DutyState.CLOSED
        return replace(
            self, state=state, resolution=VISIT_TOOK_PLACE, settled_by=visit_id, settled_at=at
        )

    def close(self, resolution: str, *, at: datetime) -> "IntegrationDuty":
        """The breach, closed without the visit. Raises BreachNotOpen."""
        if self.state is not DutyState.BREACHED:
            raise BreachNotOpen
        return replace(self, state=DutyState.CLOSED, resolution=resolution, settled_at=at)
