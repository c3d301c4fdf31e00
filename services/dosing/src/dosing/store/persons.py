"""Which patient ids are one person, as intake has announced it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Uuid, bindparam, case, or_, select
from sqlalchemy.dialects.postgresql import insert

from dosing.store.person_tables import patient_link


def same_person(parameter: str = "patient_id") -> Any:
    """The ids of the person named by that parameter, as a subquery: its own and all linked ones.

    Links are followed both ways and over several steps: whichever id somebody asks by, the whole
    person answers.
    """
    named = select(bindparam(parameter, type_=Uuid).label("id"))
    person: Any = named.cte(f"person_of_{parameter}", recursive=True)
    link = patient_link.c
    other = case(
        (link.merged_patient_id == person.c.id, link.surviving_patient_id),
        else_=link.merged_patient_id,
    )
    person = person.union(
        select(other).where(
            link.active,
            or_(
                link.merged_patient_id == person.c.id,
                link.surviving_patient_id == person.c.id,
            ),
        )
    )
    return select(person.c.id)


_OF = statement(same_person())


def _upsert() -> Any:
    given = insert(patient_link).values(
        {column.name: bindparam(column.name) for column in patient_link.columns}
    )
    return given.on_conflict_do_update(
        index_elements=["network_id", "merged_patient_id", "surviving_patient_id"],
        set_={name: given.excluded[name] for name in ("active", "changed_at")},
        where=patient_link.c.changed_at < given.excluded.changed_at,
    ).returning(patient_link.c.active)


_SAVE = statement(_upsert())


async def of(tx: Transaction, patient_id: UUID) -> frozenset[UUID]:
    """All ids of the person, the given one among them."""
    return frozenset(row["id"] for row in await tx.fetch(_OF, patient_id=patient_id))


async def save(
    tx: Transaction, merged: UUID, surviving: UUID, *, active: bool, changed_at: datetime
) -> bool:
    """Keep that two ids are one person, or are not any more. False for old news or a repeat."""
    row = await tx.fetch_one(
        _SAVE,
        network_id=tx.network,
        merged_patient_id=merged,
        surviving_patient_id=surviving,
        active=active,
        changed_at=changed_at,
    )
    return row is not None
