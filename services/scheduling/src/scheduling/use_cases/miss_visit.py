"""Record that the patient did not come."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from scheduling import publish
from scheduling.domain.visit import Visit
from scheduling.store import policies, visit_changes, visits
from scheduling.use_cases.free_slot import free_slot


@dataclass(frozen=True, slots=True, kw_only=True)
class MissVisit:
    """Nobody came."""

    visit_id: UUID
    version: int  # as the caller has read it
    by: UUID


async def miss_visit(command: MissVisit, tx: Transaction) -> Visit:
    """End the visit, free the rest of its slot and announce it: all or nothing.

    Raises VisitNotFound (404), StaleVersion (412), NotMissingYet, VisitNotOpen, VisitEnded (409).
    """
    visit = await visits.lock_among(tx, command.visit_id)
    if visit.version != command.version:
        raise StaleVersion
    policy = (await policies.at(tx, visit.site_id)).booking
    missing_from = policy.missing_from(visit.starts_at)
    missed = visit.miss(at=tx.now, missing_from=missing_from)
    await visit_changes.save_moved(tx, missed)
    visit_changes.add_change(tx, visit, missed, change="missed", reason="no_show", by=command.by)
    await outbox.append(tx, publish.visit_missed(missed))
    await free_slot(visit, tx)
    return missed
