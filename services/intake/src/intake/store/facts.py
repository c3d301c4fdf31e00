"""Clinical facts, at rest. Rows are only ever added."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from intake.domain.facts import Fact, Source
from intake.store.tables import clinical_fact

_columns = clinical_fact.c
_CURRENT = statement(
    select(clinical_fact)
    .ext(distinct_on(_columns.name))
    .where(
        _columns.patient_id == bindparam("patient_id"),
        _columns.occurred_at <= bindparam("until"),
    )
    .order_by(_columns.name, _columns.occurred_at.desc(), _columns.seq.desc())
)


def add(tx: Transaction, fact: Fact) -> None:
    """Keep a fact."""
    tx.insert(
        clinical_fact,
        id=fact.id,
        network_id=tx.network,
        patient_id=fact.patient_id,
        name=fact.name,
        value=fact.value,
        occurred_at=fact.occurred_at,
        recorded_at=fact.recorded_at,
        recorded_by=fact.recorded_by,
        source=fact.source,
    )


async def current(tx: Transaction, patient_id: UUID, until: datetime) -> dict[str, Fact]:
    """The newest fact of every name by when it occurred; of the same moment the last recorded."""
    rows = await tx.fetch(_CURRENT, patient_id=patient_id, until=until)
    return {row["name"]: _fact(row) for row in rows}


def _fact(row: Record) -> Fact:
    return Fact(
        id=row["id"],
        patient_id=row["patient_id"],
        name=row["name"],
        value=row["value"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        source=Source(row["source"]),
    )
