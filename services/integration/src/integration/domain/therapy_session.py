"""One meeting of patient and therapist around the medicine."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from integration.domain.episode import Episode
from integration.domain.errors import (
    BeforeTheDose,
    ImpossibleTimes,
    NotIntegrationWork,
    NotYourSession,
    OtherPatientsEpisode,
    SessionLocked,
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
    recorded_at: datetime
    modality: str | None = None
    co_therapists: tuple[UUID, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)

    def check_times(self, now: datetime) -> None:
        """Raises ImpossibleTimes."""
        if not self.started_at < self.ended_at <= now:
            raise ImpossibleTimes

    def admit_author(self, who: UUID) -> None:
        """Let those who led it pass. Raises NotYourSession."""
        if not self.led_by(who):
            raise NotYourSession

    def led_by(self, who: UUID) -> bool:
        """Whether somebody is its therapist or a co-therapist."""
        return who == self.practitioner_id or who in self.co_therapists

    def check_cosign(self, who: UUID, *, now: datetime, locks_after: timedelta) -> None:
        """Whether a co-therapist may sign now. Raises NotYourSession, SessionLocked."""
        if who not in self.co_therapists:
            raise NotYourSession
        if now > self.recorded_at + locks_after:
            raise SessionLocked

    def check_completes(self, episode: Episode, records: Collection[UUID]) -> None:
        """Whether this meeting is the integration work the episode waits for.

        `records` are those of the session's patient. Raises OtherPatientsEpisode,
        NotIntegrationWork, BeforeTheDose.
        """
        if episode.patient_id not in records:
            raise OtherPatientsEpisode
        if self.kind not in (SessionKind.INTEGRATION, SessionKind.GROUP):
            raise NotIntegrationWork
        if self.started_at < episode.opened_at:
            raise BeforeTheDose
