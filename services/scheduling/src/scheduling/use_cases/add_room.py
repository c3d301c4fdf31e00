"""Add a room to a site."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.domain.site import Room
from scheduling.store import sites


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRoom:
    """A room that visits can be booked into."""

    site_id: UUID
    name: str


async def add_room(command: AddRoom, tx: Transaction) -> Room:
    """Keep the room. Raises SiteNotFound (404)."""
    site = await sites.find(tx, command.site_id)
    added = Room(id=uuid7(), site_id=site.id, name=command.name)
    sites.add_room(tx, added)
    return added
