"""The patient's journal: theirs, private unless shared entry by entry, and watched by nobody."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from integration.domain.errors import EntryRemoved, NoticeNotRead


class Audience(StrEnum):
    """Who may read an entry beside the patient."""

    PRIVATE = "private"
    THERAPIST = "therapist"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalChoice:
    """The patient has read the notice, and wants crisis terms looked for, or not."""

    id: UUID
    patient_id: UUID
    notice_version: str
    screened: bool
    chosen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One entry, sealed; the words are opened elsewhere."""

    id: UUID
    patient_id: UUID
    sealed: bytes | None = field(repr=False)
    audience: Audience
    written_at: datetime
    shared_at: datetime | None = None
    removed_at: datetime | None = None
    version: int = 1

    def share(self, audience: Audience, at: datetime) -> "JournalEntry":
        """The entry for other readers; `private` takes it back. Raises EntryRemoved."""
        self._present()
        shared_at = None if audience is Audience.PRIVATE else at
        return replace(self, audience=audience, shared_at=shared_at, version=self.version + 1)

    def remove(self, at: datetime) -> "JournalEntry":
        """The entry without its words. Raises EntryRemoved."""
        self._present()
        return replace(
            self, sealed=None, audience=Audience.PRIVATE, removed_at=at, version=self.version + 1
        )

    def _present(self) -> None:
        if self.removed_at is not None:
            raise EntryRemoved


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPolicy:
    """What the patient is told, and the terms that are looked for where they want it."""

    version: str
    notice: tuple[str, ...]
    help: tuple[str, ...]
    terms: tuple[str, ...]

    def admit(self, choice: JournalChoice | None) -> JournalChoice:
        """The choice of somebody who has read the notice as it is now. Raises NoticeNotRead."""
        if choice is None or choice.notice_version != self.version:
            raise NoticeNotRead
        return choice

    def alarming(self, words: str) -> bool:
        """Whether the words hold a term of crisis, whatever its case, accents and spacing."""
        return mentions(words, self.terms)


def mentions(words: str, terms: Sequence[str]) -> bool:
    """Whether one of the terms stands in the words, as whole words."""
    plain = f" {_plain(words)} "
    return any(f" {_plain(term)} " in plain for term in terms)


def _plain(text: str) -> str:
    apart = unicodedata.normalize(
        "NFKD", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
    letters = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9']+", letters))
