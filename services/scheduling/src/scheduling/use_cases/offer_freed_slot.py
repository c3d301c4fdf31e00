"""Offer the slot of a visit that was cancelled, missed or moved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import visit_types
from scheduling.domain.practitioner import Role
from scheduling.store import visits
from scheduling.use_cases.offer_slot import OfferSlot, offer_slot


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFreedSlot:
    """The visit, and where and when it was."""

    visit_id: UUID
    site_id: UUID
    room_id: UUID | None
    starts_at: datetime
    staff: Mapping[Role, UUID]


async def offer_freed_slot(command: OfferFreedSlot, tx: Transaction) -> None:
    """Offer it to whoever is next, if anybody waits. Raises VisitNotFound (404)."""
    visit = await visits.find(tx, command.visit_id)
    freed = replace(
        visit,
        site_id=command.site_id,
        room_id=command.room_id,
        starts_at=command.starts_at,
        ends_at=visit_types()[visit.visit_type].ends_at(command.starts_at),
        staff=dict(command.staff),
    )
    await offer_slot(OfferSlot(freed=freed), tx)
