"""What routes of drafts, addenda and templates take and answer."""

from typing import Annotated, Any
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Instant
from pydantic import Field, StringConstraints

from integration.domain.addendum import AddendumKind
from integration.domain.therapy_draft import DraftState
from integration.domain.therapy_session import SessionKind
from integration.http.record_schemas import CoTherapists, Long, RecordBody
from integration.http.zones import Zone


class DraftBody(Body):
    """A record to be begun."""

    patient_id: UUID
    episode_id: UUID | None = None
    kind: SessionKind
    modality: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")] = "general"
    co_therapists: CoTherapists = Field(default_factory=list)
    started_at: Instant
    ended_at: Instant | None = None
    record: RecordBody = Field(default_factory=RecordBody)


class SaveDraftBody(Body):
    """The whole record as it shall stand now."""

    ended_at: Instant | None = None
    record: RecordBody


class SignDraftBody(Body):
    """The author's signature."""

    zone: Zone = Field(default="UTC", description="IANA zone of the patient, for reminders")


class DraftView(Answer):
    """A draft, for those who write it."""

    id: UUID
    patient_id: UUID
    episode_id: UUID | None
    kind: SessionKind
    modality: str
    author_id: UUID
    co_therapists: list[UUID]
    started_at: Instant
    ended_at: Instant | None
    record: dict[str, Any]
    saved_by: UUID
    saved_at: Instant
    state: DraftState
    therapy_session_id: UUID | None
    version: int


class Drafts(Answer):
    """The caller's open drafts, the newest first."""

    items: list[DraftView]


class DraftVersionView(Answer):
    """What a draft once said."""

    number: int
    record: dict[str, Any]
    saved_by: UUID
    saved_at: Instant


class DraftVersions(Answer):
    """Everything a draft ever said."""

    items: list[DraftVersionView]


class AddendumBody(Body):
    """Something to add to a signed record, or to put right."""

    kind: AddendumKind
    words: Long


class AddendumView(Answer):
    """What was added."""

    id: UUID
    kind: AddendumKind
    words: str
    author_id: UUID
    added_at: Instant


class Kept(Answer):
    """It is kept."""

    id: UUID


class TemplateView(Answer):
    """What to ask, and what must be written before a signature."""

    kind: SessionKind
    modality: str
    prompts: list[str]
    required: list[str]
    policy_version: str


class Templates(Answer):
    """Templates of records."""

    items: list[TemplateView]
