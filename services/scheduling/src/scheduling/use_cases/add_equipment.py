"""Add a piece of equipment to a site."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.domain.site import Equipment
from scheduling.store import openings, sites


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEquipment:
    """Something that visits can need, one visit at a time."""

    site_id: UUID
    kind: str  # a code, e.g. infusion_pump
    name: str


async def add_equipment(command: AddEquipment, tx: Transaction) -> Equipment:
    """Keep the piece. Raises SiteNotFound (404)."""
    site = await sites.find(tx, command.site_id)
    added = Equipment(id=uuid7(), site_id=site.id, kind=command.kind, name=command.name)
    openings.add_equipment(tx, added)
    return added
