"""What routes of therapy sessions take and answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Instant
from pydantic import Field

from integration.domain.addendum import Addendum, Cosignature
from integration.domain.dose import Dose, hours_since_dose
from integration.domain.therapy_session import SessionKind, TherapySession
from integration.http.record_schemas import Texts
from integration.http.therapy_schemas import AddendumView
from integration.http.views import view


class TherapySessionBody(Body):
    """The structured chart record of a meeting. Psychotherapy notes do not belong here."""

    patient_id: UUID
    episode_id: UUID | None = Field(default=None, description="the episode this work completes")
    kind: SessionKind
    practitioner_id: UUID
    started_at: Instant
    ended_at: Instant
    themes: Texts = Field(default_factory=list)
    insights: Texts = Field(default_factory=list)
    commitments: Texts = Field(default_factory=list)


class TherapySessionRecorded(Answer):
    """The session is kept."""

    id: UUID


class TherapySessionView(Answer):
    """A meeting as recorded."""

    id: UUID
    patient_id: UUID
    episode_id: UUID | None
    kind: SessionKind
    practitioner_id: UUID
    started_at: Instant
    ended_at: Instant
    themes: list[str]
    insights: list[str]
    commitments: list[str]
    modality: str | None
    co_therapists: list[UUID]
    record: dict[str, Any] = Field(description="structured fields and narrative")
    recorded_at: Instant
    locked: bool = Field(description="co-therapists can sign no more")
    hours_since_dose: int | None = Field(description="whole hours from the last dose before it")
    addenda: list[AddendumView]
    cosigned_by: list[UUID]

    @classmethod
    def of(
        cls,
        session: TherapySession,
        doses: Sequence[Dose],
        *,
        locks_after: timedelta,
        now: datetime,
        added: Iterable[Addendum] = (),
        signed: Iterable[Cosignature] = (),
    ) -> "TherapySessionView":
        """The view of a session; `doses` are the patient's."""
        told = {"locked", "hours_since_dose", "addenda", "cosigned_by"}
        return cls(
            **{name: getattr(session, name) for name in cls.model_fields if name not in told},
            locked=now > session.recorded_at + locks_after,
            hours_since_dose=hours_since_dose(doses, session.started_at),
            addenda=[view(AddendumView, one) for one in added],
            cosigned_by=[one.practitioner_id for one in signed],
        )


class TherapySessions(Answer):
    """A patient's meetings, the newest first."""

    items: list[TherapySessionView]
