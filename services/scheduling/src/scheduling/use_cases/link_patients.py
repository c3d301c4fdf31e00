"""Follow that two records are one person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.domain.replanning import ReplanTask, owner_of
from scheduling.store import lent_claims, links, replans, visits

MERGED = "records_merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPatients:
    """What intake has decided."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    at: datetime


async def link_patients(command: LinkPatients, tx: Transaction) -> None:
    """Count both records as one person from now on; nothing moves.

    Nothing new is begun under the merged record. What its visits take, and the doses it had, count
    for the surviving one. Each of its visits to come gets an owner, who books it for the survivor
    or calls it off: nobody is checked in for it. Its place on the waitlist stays.
    """
    surviving, merged = command.surviving_patient_id, command.merged_patient_id
    tx.about(surviving)
    if not await links.join(tx, surviving, merged, at=command.at):
        return
    await lent_claims.lend(tx, merged, surviving)
    for visit in await visits.lock_kept_to_come(tx, merged):
        task = ReplanTask(
            id=uuid7(),
            visit_id=visit.id,
            patient_id=visit.patient_id,
            site_id=visit.site_id,
            reason=MERGED,
            broken_practitioner_id=None,
            owner_id=owner_of(visit, None),
            opened_at=tx.now,
        )
        await replans.add(tx, task)
