"""The integration work that follows one dosing session."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from integration.domain.errors import EpisodeClosed, NotYetMissed


class Outcome(StrEnum):
    """How an episode ended."""

    COMPLETED = "completed"
    MISSED = "missed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationWindows:
    """Hours within which integration is due after the last dose, per route; policy data."""

    version: str
    hours: Mapping[str, int]

    def due_at(self, route: str, last_dose_at: datetime) -> datetime:
        """When integration is due. Raises KeyError for a route the policy does not know."""
        return last_dose_at + timedelta(hours=self.hours[route])


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Open from the discharge until its integration is done, declined or given up."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    route: str
    opened_at: datetime  # the discharge
    due_at: datetime
    version: int = 1
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    therapy_session_id: UUID | None = None
    site_id: UUID | None = None  # where the dose was given; unknown for old ones
    misses: int = 0  # deadlines that passed with the episode open

    def miss(self) -> "Episode":
        """The episode, missed once more and still open. Raises EpisodeClosed."""
        if self.closed_at is not None:
            raise EpisodeClosed
        return replace(self, misses=self.misses + 1, version=self.version + 1)

    def close(
        self, outcome: Outcome, *, at: datetime, therapy_session_id: UUID | None = None
    ) -> "Episode":
        """The episode, closed. Raises EpisodeClosed, NotYetMissed."""
        if self.closed_at is not None:
            raise EpisodeClosed
        if outcome is Outcome.MISSED and at <= self.due_at:
            raise NotYetMissed
        return replace(
            self,
            closed_at=at,
            outcome=outcome,
            therapy_session_id=therapy_session_id,
            version=self.version + 1,
        )

    def overdue(self, now: datetime) -> bool:
        """Whether integration is missing past its deadline."""
        return self.closed_at is None and now > self.due_at
