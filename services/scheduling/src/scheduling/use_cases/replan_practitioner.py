"""See to the visits a practitioner may no longer take part in."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import visit_types
from scheduling.domain.opening import ResourceKind
from scheduling.domain.practitioner import Practitioner
from scheduling.domain.site import Site
from scheduling.domain.visit import Visit
from scheduling.domain.visit_type import LEAD
from scheduling.store import practitioners, replans, sites, visits
from scheduling.use_cases.replan_visits import Replanned, ReplanVisits, replan_visits


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanPractitioner:
    """A credential has lapsed or was suspended."""

    practitioner_id: UUID
    reason: str


async def replan_practitioner(command: ReplanPractitioner, tx: Transaction) -> Replanned:
    """Give the visits it breaks to others, or hold them with an owner.

    The practitioner's row is locked by whoever changed the credential: no booking comes between.
    """
    ids = await replans.broken_by(
        tx, ResourceKind.PRACTITIONER, command.practitioner_id, since=tx.now, until=None
    )
    person = await practitioners.find(tx, command.practitioner_id)
    broken = []
    for visit_id in ids:
        visit = await visits.find(tx, visit_id)
        if await _breaks(visit, person, await sites.find(tx, visit.site_id), tx):
            broken.append(visit.id)
    plan = ReplanVisits(
        visit_ids=broken, reason=command.reason, practitioner_id=command.practitioner_id
    )
    return await replan_visits(plan, tx)


async def _breaks(visit: Visit, person: Practitioner, site: Site, tx: Transaction) -> bool:
    """Whether they lack something for their part, or the team somebody for an emergency."""
    kind = visit_types()[visit.visit_type]
    team = {one.id: one for one in await practitioners.find_all(tx, sorted(visit.staff.values()))}
    staff = {role: team[who] for role, who in visit.staff.items()}
    theirs = {role.value for role, who in visit.staff.items() if who == person.id} | {LEAD}
    faults = kind.credential_faults(staff, state=site.state, on=visit.local_on)
    return any(one["role"] in theirs for one in faults)
