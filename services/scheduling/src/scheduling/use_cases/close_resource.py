"""Close a site, a room or a piece of equipment for a while, or let a practitioner be away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.domain.opening import Closure, ResourceKind, Span
from scheduling.domain.resource_errors import HoursOrder
from scheduling.store import openings, practitioners, replans, sites
from scheduling.use_cases.replan_visits import Replanned, ReplanVisits, replan_visits


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseResource:
    """What is not there, from when until when, and why."""

    kind: ResourceKind
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str
    by: UUID


async def close_resource(command: CloseResource, tx: Transaction) -> tuple[Closure, Replanned]:
    """Keep the closure, and see to every visit that it breaks.

    It waits for bookings under way and lets none begin before the commit, so none is overlooked.
    Raises HoursOrder (422), SiteNotFound, PractitionerNotFound, ResourceNotFound (404).
    """
    if command.ends_at <= command.starts_at:
        raise HoursOrder
    person = command.resource_id if command.kind is ResourceKind.PRACTITIONER else None
    if person is not None:
        await practitioners.lock(tx, person)
    else:
        await sites.lock(tx, await sites.site_of(tx, command.kind, command.resource_id))
    closure = Closure(
        id=uuid7(),
        kind=command.kind,
        resource_id=command.resource_id,
        span=Span(command.starts_at, command.ends_at),
        reason=command.reason,
    )
    openings.add_closure(tx, closure, by=command.by)
    broken = await replans.broken_by(
        tx,
        command.kind,
        command.resource_id,
        since=max(command.starts_at, tx.now),
        until=command.ends_at,
    )
    plan = ReplanVisits(
        visit_ids=broken, reason=f"{command.kind.value}_closed", practitioner_id=person
    )
    return closure, await replan_visits(plan, tx)
