"""Which records are one person's, at rest; and how everything else is read by person.

Intake says it. Nothing moves: what was kept under a record stays with it, is read under each of
the person's records, and goes back to where it was when they are parted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import ColumnElement, Uuid, any_, bindparam, func, null, select, union_all, update
from sqlalchemy.dialects.postgresql import insert

from integration.store.tables import same_person

_link = same_person.c
_MERGED = statement(
    insert(same_person)
    .values(
        network_id=bindparam("network_id"),
        surviving_patient_id=bindparam("surviving"),
        merged_patient_id=bindparam("merged"),
        merged_at=bindparam("at"),
    )
    .on_conflict_do_update(
        index_elements=["surviving_patient_id", "merged_patient_id"],
        set_={"merged_at": bindparam("at"), "parted_at": null()},
    )
)
_PARTED = statement(
    update(same_person)
    .where(
        _link.surviving_patient_id == bindparam("surviving"),
        _link.merged_patient_id == bindparam("merged"),
    )
    .values(parted_at=bindparam("at"))
)
_ALL = statement(
    select(_link.merged_patient_id, _link.surviving_patient_id).where(_link.parted_at.is_(None))
)


def _records(name: str) -> Any:
    """Every record of the person whom a parameter names, the survivor's and the merged ones'."""
    asked = bindparam(name, type_=Uuid)
    over = (
        select(_link.surviving_patient_id)
        .where(_link.merged_patient_id == asked, _link.parted_at.is_(None))
        .scalar_subquery()
    )
    survivor = func.coalesce(over, asked)
    under = select(_link.merged_patient_id).where(
        _link.surviving_patient_id == survivor, _link.parted_at.is_(None)
    )
    return union_all(select(survivor), under).scalar_subquery()


def of_person(column: ColumnElement[Any], name: str = "patient_id") -> ColumnElement[bool]:
    """The column holds a record of the person whom a parameter names by any of their records."""
    return column == any_(func.array(_records(name)))


_RECORDS = statement(select(func.array(_records("patient_id")).label("records")))


async def records_of(tx: Transaction, patient_id: UUID) -> list[UUID]:
    """Every record of a person, whichever of them is asked for."""
    row = await tx.fetch_one(_RECORDS, patient_id=patient_id)
    assert row is not None
    return list(row["records"])


async def same(tx: Transaction, one: UUID, other: UUID) -> bool:
    """Whether two records are one person's."""
    return one == other or other in await records_of(tx, one)


async def survivors(tx: Transaction) -> Mapping[UUID, UUID]:
    """Every merged record of the network, and the one that goes on."""
    return {row["merged_patient_id"]: row["surviving_patient_id"] for row in await tx.fetch(_ALL)}


def merge(tx: Transaction, *, surviving: UUID, merged: UUID, at: datetime) -> None:
    """Two records are one person's."""
    tx.about(surviving)
    tx.write(_MERGED, network_id=tx.network, surviving=surviving, merged=merged, at=at)


def part(tx: Transaction, *, surviving: UUID, merged: UUID, at: datetime) -> None:
    """They are two people's after all."""
    tx.about(surviving)
    tx.write(_PARTED, surviving=surviving, merged=merged, at=at)
