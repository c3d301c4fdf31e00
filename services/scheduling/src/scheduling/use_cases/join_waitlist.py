"""Put a patient on the waitlist."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.data import visit_types
from scheduling.domain.errors import UnknownVisitType
from scheduling.domain.resource_errors import HoursOrder
from scheduling.domain.waitlist import WaitlistEntry
from scheduling.store import links, sites, waitlists


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWaitlist:
    """What they wait for, where and between when."""

    patient_id: UUID
    visit_type: str
    site_ids: tuple[UUID, ...]
    earliest_at: datetime
    latest_at: datetime
    urgent: bool


async def join_waitlist(command: JoinWaitlist, tx: Transaction) -> WaitlistEntry:
    """Keep the entry.

    Raises UnknownVisitType, HoursOrder (422), SiteNotFound (404), PatientMerged (409).
    """
    if command.visit_type not in visit_types():
        raise UnknownVisitType
    if command.latest_at <= command.earliest_at:
        raise HoursOrder
    await links.check_own(tx, command.patient_id)
    for site_id in command.site_ids:
        await sites.find(tx, site_id)
    joined = WaitlistEntry(
        id=uuid7(),
        patient_id=command.patient_id,
        visit_type=command.visit_type,
        site_ids=command.site_ids,
        earliest_at=command.earliest_at,
        latest_at=command.latest_at,
        urgent=command.urgent,
        joined_at=tx.now,
    )
    waitlists.add(tx, joined)
    return joined
