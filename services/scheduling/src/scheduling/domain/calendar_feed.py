"""A calendar that a program subscribes to by a secret address."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from scheduling.domain.visit import VisitState


class FeedKind(StrEnum):
    """Whose calendar it is."""

    PRACTITIONER = "practitioner"
    ROOM = "room"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeed:
    """A feed. Its token is told once; only the digest is kept."""

    id: UUID
    digest: bytes
    kind: FeedKind
    subject_id: UUID
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_open(self, *, at: datetime) -> bool:
        """Whether it may still be read."""
        return self.revoked_at is None and at < self.expires_at

    def revoke(self, *, at: datetime) -> "CalendarFeed":
        """The feed, closed for good; itself where it was."""
        return self if self.revoked_at is not None else replace(self, revoked_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """A visit as a calendar shows it: no patient, no name, no reason.

    `initials` are there only where the network's policy wants them.
    """

    visit_id: UUID
    version: int
    visit_type: str
    state: VisitState
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    place: str
    initials: str | None = None
