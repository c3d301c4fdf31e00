"""What others have on file about a patient, at rest."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from intake.domain.outside import OutsideKind, OutsideRecord
from intake.domain.record_errors import OutsideNotFound
from intake.store.outside_tables import outside_record

_columns = outside_record.c
_BY_ID = select(outside_record).where(_columns.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_OF_PATIENT = statement(
    select(outside_record)
    .where(_columns.patient_id == bindparam("patient_id"))
    .order_by(_columns.recorded_at, _columns.id)
)
_REVIEW = statement(
    update(outside_record)
    .where(_columns.id == bindparam("of"), _columns.version == bindparam("seen"))
    .values(
        reviewed_by=bindparam("reviewed_by"),
        reviewed_at=bindparam("reviewed_at"),
        review_reason=bindparam("review_reason"),
        version=bindparam("next"),
    )
)
_ERASE = statement(
    update(outside_record)
    .where(_columns.patient_id == bindparam("whose"))
    .values(content=literal({}, JSONB), resource=func.concat("erased:", _columns.id))
)


async def find(tx: Transaction, record_id: UUID) -> OutsideRecord:
    """A record. Raises OutsideNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=record_id))


async def lock(tx: Transaction, record_id: UUID) -> OutsideRecord:
    """A record, kept from everybody else until the commit. Raises OutsideNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=record_id))


async def of_patient(tx: Transaction, patient_id: UUID) -> list[OutsideRecord]:
    """All records of a patient, by when they came."""
    return [_record(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


def add(tx: Transaction, made: OutsideRecord) -> None:
    """Keep a new record."""
    tx.about(made.patient_id)
    tx.insert(
        outside_record,
        id=made.id,
        network_id=tx.network,
        patient_id=made.patient_id,
        import_id=made.import_id,
        kind=made.kind,
        resource=made.resource,
        content=dict(made.content),
        recorded_by=made.recorded_by,
        recorded_at=made.recorded_at,
        version=made.version,
    )


def save(tx: Transaction, changed: OutsideRecord) -> None:
    """Keep who has looked. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _REVIEW,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        reviewed_by=changed.reviewed_by,
        reviewed_at=changed.reviewed_at,
        review_reason=changed.review_reason,
    )


def erase(tx: Transaction, patient_id: UUID) -> None:
    """Take away what they say."""
    tx.write(_ERASE, whose=patient_id)


def _one(tx: Transaction, row: Record | None) -> OutsideRecord:
    if row is None:
        raise OutsideNotFound
    tx.about(row["patient_id"])
    return _record(row)


def _record(row: Record) -> OutsideRecord:
    return OutsideRecord(
        id=row["id"],
        patient_id=row["patient_id"],
        import_id=row["import_id"],
        kind=OutsideKind(row["kind"]),
        resource=row["resource"],
        content=row["content"],
        recorded_by=row["recorded_by"],
        recorded_at=row["recorded_at"],
        reviewed_by=row["reviewed_by"],
        reviewed_at=row["reviewed_at"],
        review_reason=row["review_reason"],
        version=row["version"],
    )
