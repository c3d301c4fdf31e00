"""Doses given, as dosing has announced them. Rows are only ever added."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Uuid

from intake.store.tables import dose_given

_columns = dose_given.c
_NOTE = statement(
    insert(dose_given)
    .values(
        id=bindparam("id"),
        network_id=bindparam("network_id"),
        patient_id=bindparam("patient_id"),
        session_id=bindparam("session_id"),
        route=bindparam("route"),
        administered_at=bindparam("administered_at"),
    )
    .on_conflict_do_nothing(index_elements=[_columns.id])
)
_LAST = statement(
    select(func.max(_columns.administered_at).label("last"), func.count().label("doses")).where(
        _columns.patient_id == any_(bindparam("patients", type_=ARRAY(Uuid)))
    )
)


async def note(
    tx: Transaction,
    dose_id: UUID,
    patient_id: UUID,
    *,
    session_id: UUID,
    route: str,
    administered_at: datetime,
) -> None:
    """Keep that a dose was given. A repeat changes nothing."""
    tx.about(patient_id)
    await tx.execute(
        _NOTE,
        id=dose_id,
        network_id=tx.network,
        patient_id=patient_id,
        session_id=session_id,
        route=route,
        administered_at=administered_at,
    )


async def last(tx: Transaction, patients: list[UUID]) -> tuple[datetime | None, int]:
    """When these records of one person were last dosed, and how often in all."""
    row = await tx.fetch_one(_LAST, patients=patients)
    return (None, 0) if row is None else (row["last"], row["doses"])
