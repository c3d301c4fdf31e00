"""Merges of records, at rest: links only, so that nothing recorded ever moves."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, or_, select, update

from intake.domain.merge import Merge
from intake.domain.record_errors import NotMerged
from intake.store.record_tables import patient_merge

_columns = patient_merge.c
_OPEN = select(patient_merge).where(_columns.unmerged_at.is_(None))
_INTO = statement(_OPEN.where(_columns.surviving_patient_id == bindparam("patient_id")))
_OF = statement(_OPEN.where(_columns.merged_patient_id == bindparam("patient_id")))
_ALL = statement(
    select(patient_merge)
    .where(
        or_(
            _columns.surviving_patient_id == bindparam("patient_id"),
            _columns.merged_patient_id == bindparam("patient_id"),
        )
    )
    .order_by(_columns.merged_at)
)
_PART = statement(
    update(patient_merge)
    .where(_columns.id == bindparam("of"), _columns.unmerged_at.is_(None))
    .values(
        unmerge_reason=bindparam("unmerge_reason"),
        unmerged_by=bindparam("unmerged_by"),
        unmerged_at=bindparam("unmerged_at"),
    )
)


async def records(tx: Transaction, patient_id: UUID) -> list[UUID]:
    """The patient's own record and those merged into it."""
    rows = await tx.fetch(_INTO, patient_id=patient_id)
    return [patient_id, *(row["merged_patient_id"] for row in rows)]


async def merged(tx: Transaction, patient_id: UUID) -> Merge | None:
    """What the record is merged into, if it is."""
    row = await tx.fetch_one(_OF, patient_id=patient_id)
    return None if row is None else _merge(row)


async def find(tx: Transaction, patient_id: UUID) -> Merge:
    """What the record is merged into. Raises NotMerged."""
    if (found := await merged(tx, patient_id)) is None:
        raise NotMerged
    return found


async def history(tx: Transaction, patient_id: UUID) -> list[Merge]:
    """Every merge the record was in, parted or not."""
    return [_merge(row) for row in await tx.fetch(_ALL, patient_id=patient_id)]


def add(tx: Transaction, made: Merge) -> None:
    """Keep a merge."""
    tx.insert(
        patient_merge,
        id=made.id,
        network_id=tx.network,
        surviving_patient_id=made.surviving_patient_id,
        merged_patient_id=made.merged_patient_id,
        reason=made.reason,
        merged_by=made.merged_by,
        merged_at=made.merged_at,
    )


def part(tx: Transaction, parted: Merge) -> None:
    """Keep that the two are parted. Raises NotMerged at the flush if they were already."""
    tx.write(
        _PART,
        otherwise=NotMerged(),
        of=parted.id,
        unmerge_reason=parted.unmerge_reason,
        unmerged_by=parted.unmerged_by,
        unmerged_at=parted.unmerged_at,
    )


def _merge(row: Record) -> Merge:
    return Merge(
        id=row["id"],
        surviving_patient_id=row["surviving_patient_id"],
        merged_patient_id=row["merged_patient_id"],
        reason=row["reason"],
        merged_by=row["merged_by"],
        merged_at=row["merged_at"],
        unmerge_reason=row["unmerge_reason"],
        unmerged_by=row["unmerged_by"],
        unmerged_at=row["unmerged_at"],
    )
