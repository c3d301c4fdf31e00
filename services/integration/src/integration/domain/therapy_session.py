"""One meeting of patient and therapist around the medicine."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from integration.domain.episode import Episode
from integration.domain.errors import (
    BeforeTheDose,
    ImpossibleTimes,
    NotIntegrationWork,
    OtherPatientsEpisode,
)


class SessionKind(StrEnum):
    """What the meeting is for."""

    PREPARATION = "preparation"
    DOSING_SUPPORT = "dosing_support"
    INTEGRATION = "integration"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapySession:
    """The structured chart record. Psychotherapy notes have no place in it."""

    id: UUID
    patient_id: UUID
    episode_id: UUID | None
    kind: SessionKind
    practitioner_id: UUID
    started_at: datetime
    ended_at: datetime
    themes: tuple[str, ...] = field(default=())
    insights: tuple[str, ...] = field(default=())
    commitments: tuple[str, ...] = field(default=())

    def check_times(self, now: datetime) -> None:
        """Raises ImpossibleTimes."""
        if not self.started_at < self.ended_at <= now:
            raise ImpossibleTimes

    def check_completes(self, episode: Episode) -> None:
        """Whether this meeting is the integration work the episode waits for.

        Raises OtherPatientsEpisode, NotIntegrationWork, BeforeTheDose.
        """
        if episode.patient_id != self.patient_id:
            raise OtherPatientsEpisode
        if self.kind not in (SessionKind.INTEGRATION, SessionKind.GROUP):
            raise NotIntegrationWork
        if self.started_at < episode.opened_at:
            raise BeforeTheDose
