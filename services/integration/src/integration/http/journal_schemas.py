"""What routes of the journal take and answer."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Instant, VersionTag
from pydantic import Field, StringConstraints

from integration.domain.journal import Audience, JournalEntry

Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class NoticeView(Answer):
    """What the journal is, and what it is not."""

    version: str
    notice: list[str]
    help: list[str] = Field(description="where to turn in an emergency")


class ChoiceBody(Body):
    """The notice was read."""

    notice_version: VersionTag
    screened: bool = Field(description="whether terms of crisis are looked for: opt-in")


class ChoiceView(Answer):
    """What the patient has chosen."""

    notice_version: str
    screened: bool
    chosen_at: Instant


class EntryBody(Body):
    """The patient's own words."""

    words: Words
    audience: Audience = Audience.PRIVATE


class EntryKept(Answer):
    """The entry is kept."""

    id: UUID
    screened: bool
    help: list[str] = Field(description="where to turn, if the words may mean danger")
    version: int


class SharingBody(Body):
    """Who may read an entry."""

    audience: Audience


class EntryState(Answer):
    """An entry, without its words."""

    id: UUID
    audience: Audience
    written_at: Instant
    shared_at: Instant | None
    removed_at: Instant | None
    version: int


class EntryView(Answer):
    """An entry."""

    id: UUID
    words: str
    audience: Audience
    written_at: Instant
    shared_at: Instant | None
    version: int


class Journal(Answer):
    """Entries, the newest first."""

    items: list[EntryView]


def entry_views(found: list[JournalEntry], words: list[str]) -> list[EntryView]:
    """Entries with their words."""
    state = {name for name in EntryView.model_fields if name != "words"}
    return [
        EntryView(words=said, **{name: getattr(entry, name) for name in state})
        for entry, said in zip(found, words, strict=True)
    ]
