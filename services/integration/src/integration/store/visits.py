"""Planned visits, at rest: the newest news of each."""

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Uuid, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from integration.domain.errors import VisitNotFound
from integration.domain.visit import Visit, VisitState
from integration.store import people
from integration.store.records import Records
from integration.store.tables import planned_visit

visits = Records(planned_visit, Visit, VisitNotFound)

_FIND = statement(select(planned_visit).where(planned_visit.c.id == bindparam("id")))
_CHANGE = statement(
    update(planned_visit)
    .where(planned_visit.c.id == bindparam("of"))
    .values(
        site_id=bindparam("new_site_id"),
        visit_type=bindparam("new_visit_type"),
        starts_at=bindparam("new_starts_at"),
        state=bindparam("new_state"),
    )
)
_PLANNED = statement(
    select(planned_visit).where(
        planned_visit.c.patient_id == any_(bindparam("patients", type_=ARRAY(Uuid))),
        planned_visit.c.state == VisitState.PLANNED.value,
    )
)


async def look_up(tx: Transaction, visit_id: UUID) -> Visit | None:
    """A visit, if scheduling has told of it."""
    row = await tx.fetch_one(_FIND, id=visit_id)
    return None if row is None else visits.of(row)


def change(tx: Transaction, visit: Visit) -> None:
    """Keep what became of a visit."""
    tx.about(visit.patient_id)
    tx.write(
        _CHANGE,
        of=visit.id,
        new_site_id=visit.site_id,
        new_visit_type=visit.visit_type,
        new_starts_at=visit.starts_at,
        new_state=visit.state.value,
    )


async def planned_for(tx: Transaction, patients: list[UUID]) -> list[Visit]:
    """The planned visits of these patients; one booked under another record of theirs too."""
    if not patients:
        return []
    over = await people.survivors(tx)
    asked: dict[UUID, set[UUID]] = defaultdict(set)
    for patient in patients:
        asked[over.get(patient, patient)].add(patient)
    records = [*asked, *(one for one, survivor in over.items() if survivor in asked)]
    found = await visits.all(tx, _PLANNED, patients=records)
    return [
        replace(visit, patient_id=patient)
        for visit in found
        for patient in asked[over.get(visit.patient_id, visit.patient_id)]
    ]
