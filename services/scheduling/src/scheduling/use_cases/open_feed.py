"""Open a calendar feed."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from kairos_chassis import capabilities
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.domain.calendar_feed import CalendarFeed, FeedKind
from scheduling.domain.opening import ResourceKind
from scheduling.store import feeds, practitioners, sites


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFeed:
    """Whose calendar, for how long."""

    kind: FeedKind
    subject_id: UUID
    days: int
    by: UUID


async def open_feed(command: OpenFeed, tx: Transaction) -> tuple[CalendarFeed, str]:
    """Keep the feed. Returns it and its token, which is kept nowhere.

    Raises PractitionerNotFound, ResourceNotFound (404).
    """
    if command.kind is FeedKind.PRACTITIONER:
        await practitioners.find(tx, command.subject_id)
    if command.kind is FeedKind.ROOM:
        await sites.site_of(tx, ResourceKind.ROOM, command.subject_id)
    if command.kind is FeedKind.PATIENT:
        tx.about(command.subject_id)
    token, digest = capabilities.mint(tx.network)
    made = CalendarFeed(
        id=uuid7(),
        digest=digest,
        kind=command.kind,
        subject_id=command.subject_id,
        made_by=command.by,
        made_at=tx.now,
        expires_at=tx.now + timedelta(days=command.days),
    )
    feeds.add(tx, made)
    return made, token
