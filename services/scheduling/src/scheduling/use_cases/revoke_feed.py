"""Close a calendar feed for good."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.calendar_feed import CalendarFeed
from scheduling.store import feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeFeed:
    """Its address got into other hands, or nobody needs it any more."""

    feed_id: UUID


async def revoke_feed(command: RevokeFeed, tx: Transaction) -> CalendarFeed:
    """Close it at once; its address answers as if it had never been. Raises ResourceNotFound."""
    feed = (await feeds.find(tx, command.feed_id)).revoke(at=tx.now)
    await feeds.revoke(tx, feed)
    return feed
