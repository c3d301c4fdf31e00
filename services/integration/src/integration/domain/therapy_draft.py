"""A record of a therapy session on its way to a signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from integration.domain.errors import DraftEnded, DraftNotFound, RecordUnfinished
from integration.domain.therapy_session import SessionKind

Record = Mapping[str, Any]  # the structured fields and the narrative, as the edge has checked them


class DraftState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    SIGNED = "signed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyPolicy:
    """What must be written before a signature, and what each modality asks."""

    version: str
    locks_after: timedelta
    required: Mapping[SessionKind, tuple[str, ...]]
    prompts: Mapping[str, Mapping[SessionKind, tuple[str, ...]]]  # by modality

    def missing(self, kind: SessionKind, record: Record) -> list[str]:
        """Required fields that say nothing yet."""
        return [name for name in self.required[kind] if not record.get(name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyDraft:
    """Written by its author and the co-therapists, and seen by them alone until it is signed."""

    id: UUID
    patient_id: UUID
    episode_id: UUID | None
    kind: SessionKind
    modality: str
    author_id: UUID
    co_therapists: tuple[UUID, ...]
    started_at: datetime
    ended_at: datetime | None = None
    record: Record = field(default_factory=dict)
    saved_by: UUID
    saved_at: datetime
    state: DraftState = DraftState.OPEN
    therapy_session_id: UUID | None = None
    version: int = 1

    def admit(self, reader: UUID) -> None:
        """Let its writers pass. Raises DraftNotFound: nobody else knows that it is there."""
        if reader != self.author_id and reader not in self.co_therapists:
            raise DraftNotFound

    def save(
        self, record: Record, *, by: UUID, at: datetime, ended_at: datetime | None
    ) -> "TherapyDraft":
        """The draft with other words. Raises DraftEnded."""
        self._open()
        return replace(
            self,
            record=record,
            ended_at=ended_at or self.ended_at,
            saved_by=by,
            saved_at=at,
            version=self.version + 1,
        )

    def sign(self, therapy_session_id: UUID, policy: TherapyPolicy) -> "TherapyDraft":
        """The draft, signed. Raises DraftEnded, RecordUnfinished."""
        self._open()
        missing = policy.missing(self.kind, self.record)
        if self.ended_at is None:
            missing.append("ended_at")
        if missing:
            raise RecordUnfinished(missing)
        return self._end(DraftState.SIGNED, therapy_session_id)

    def discard(self) -> "TherapyDraft":
        """The draft, put aside; its versions stay. Raises DraftEnded."""
        self._open()
        return self._end(DraftState.DISCARDED, None)

    def _end(self, state: DraftState, session_id: UUID | None) -> "TherapyDraft":
        return replace(self, state=state, therapy_session_id=session_id, version=self.version + 1)

    def _open(self) -> None:
        if self.state is not DraftState.OPEN:
            raise DraftEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """What a draft once said: no save takes anybody's words away."""

    id: UUID
    patient_id: UUID
    draft_id: UUID
    number: int
    record: Record
    saved_by: UUID
    saved_at: datetime
