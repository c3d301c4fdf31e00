"""Calendar feeds on the wire."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Instant
from pydantic import Field

from scheduling.domain.calendar_feed import CalendarFeed, FeedKind


class FeedBody(Body):
    """Whose calendar, for how long."""

    kind: FeedKind
    subject_id: UUID
    days: Annotated[int, Field(ge=1, le=365)] = 180


class FeedView(Answer):
    """A feed."""

    id: UUID
    kind: FeedKind
    subject_id: UUID
    expires_at: Instant
    revoked_at: Instant | None
    path: str | None = Field(description="its secret address, told once; null ever after")

    @classmethod
    def of(cls, feed: CalendarFeed, *, token: str | None = None) -> "FeedView":
        """The view of a feed."""
        return cls(
            id=feed.id,
            kind=feed.kind,
            subject_id=feed.subject_id,
            expires_at=feed.expires_at,
            revoked_at=feed.revoked_at,
            path=None if token is None else f"/v1/calendars/{token}",
        )
