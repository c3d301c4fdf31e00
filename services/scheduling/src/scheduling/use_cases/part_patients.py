"""Follow that two records which were one person belong to two people after all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.domain.replanning import ReplanTask, owner_of
from scheduling.store import lent_claims, links, replans, visits
from scheduling.use_cases.link_patients import MERGED

PARTED = "records_parted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPatients:
    """What intake has decided."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    at: datetime


async def part_patients(command: PartPatients, tx: Transaction) -> None:
    """Let each record be its own again.

    The visits of the merged record take place as they stand, once they are cleared. Those booked
    meanwhile for the survivor may be meant for the other one: each gets an owner who looks.
    """
    surviving, merged = command.surviving_patient_id, command.merged_patient_id
    tx.about(surviving)
    since = await links.part(tx, surviving, merged, at=command.at)
    if since is None:
        return
    await lent_claims.give_back(tx, merged, surviving)
    for visit in await visits.lock_kept_to_come(tx, merged):
        await replans.resolve_because(tx, visit.id, MERGED, resolution=PARTED)
    for visit in await visits.lock_kept_to_come(tx, surviving):
        if visit.booked_at < since:
            continue
        task = ReplanTask(
            id=uuid7(),
            visit_id=visit.id,
            patient_id=visit.patient_id,
            site_id=visit.site_id,
            reason=PARTED,
            broken_practitioner_id=None,
            owner_id=owner_of(visit, None),
            opened_at=tx.now,
        )
        await replans.add(tx, task)
