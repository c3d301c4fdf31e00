"""Clinical facts, at rest. Rows are only ever added."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from intake.domain.facts import Fact, Source, reconciled
from intake.store.tables import clinical_fact

_columns = clinical_fact.c
_patients = any_(bindparam("patients", type_=ARRAY(Uuid)))
_CURRENT = statement(
    select(clinical_fact)
    .ext(distinct_on(_columns.patient_id, _columns.name))
    .where(_columns.patient_id == _patients, _columns.occurred_at <= bindparam("until"))
    .order_by(_columns.patient_id, _columns.name, _columns.occurred_at.desc(), _columns.seq.desc())
)
_HISTORY = statement(
    select(clinical_fact)
    .where(
        _columns.patient_id == _patients,
        _columns.name == any_(bindparam("names", type_=ARRAY(Text))),
        _columns.occurred_at <= bindparam("until"),
    )
    .order_by(_columns.seq)
)
_ALL = statement(
    select(clinical_fact).where(_columns.patient_id == _patients).order_by(_columns.seq)
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


async def current(tx: Transaction, patients: list[UUID], until: datetime) -> dict[str, Fact]:
    """The newest fact of every name by when it occurred; of the same moment the last recorded.

    Of several records of one person, see `reconciled`.
    """
    rows = await tx.fetch(_CURRENT, patients=patients, until=until)
    return reconciled([_fact(row) for row in rows])


async def history(
    tx: Transaction, patients: list[UUID], names: tuple[str, ...], until: datetime
) -> dict[str, list[Fact]]:
    """All statements of some facts, by when they were recorded."""
    found: dict[str, list[Fact]] = {}
    for row in await tx.fetch(_HISTORY, patients=patients, names=list(names), until=until):
        found.setdefault(row["name"], []).append(_fact(row))
    return found


async def everything(tx: Transaction, patients: list[UUID]) -> list[Fact]:
    """All statements, by when they were recorded."""
    return [_fact(row) for row in await tx.fetch(_ALL, patients=patients)]


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
