"""See to visits that no longer fall into the hours of their site or of somebody in them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.opening import ResourceKind
from scheduling.domain.presence import Presence
from scheduling.store import openings, replans, sites, visits
from scheduling.use_cases.replan_visits import Replanned, ReplanVisits, replan_visits

REASON = "hours_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanHours:
    """Other hours hold from then on."""

    site_id: UUID
    practitioner_id: UUID | None  # None for the site's own
    since: datetime


async def replan_hours(command: ReplanHours, tx: Transaction) -> Replanned:
    """Give what is left without its site or somebody to others, or hold it with an owner.

    The site is locked by whoever changed the hours: no booking comes between.
    """
    site = await sites.find(tx, command.site_id)
    person = command.practitioner_id
    kind = ResourceKind.SITE if person is None else ResourceKind.PRACTITIONER
    since = max(command.since, tx.now)
    touched = await replans.broken_by(tx, kind, person or site.id, since=since, until=None)
    people = [] if person is None else [person]
    presence = Presence(hours=await openings.hours(tx, [site.id], people), closures=())
    broken = []
    for visit_id in touched:
        visit = await visits.find(tx, visit_id)
        ours = visit.site_id == site.id and visit.starts_at >= since
        if ours and not presence.is_open(person, visit.span, site):
            broken.append(visit.id)
    plan = ReplanVisits(visit_ids=broken, reason=REASON, practitioner_id=person)
    return await replan_visits(plan, tx)
