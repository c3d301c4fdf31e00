"""Assessments, at rest. Answers are only ever added; the newest of an item counts."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import Text, bindparam, select, update

from intake.domain.assessment import Assessment
from intake.domain.errors import AssessmentNotFound
from intake.domain.instrument import Result
from intake.store.tables import assessment, assessment_answer

_BY_ID = select(assessment).where(assessment.c.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_ANSWERS = statement(
    select(assessment_answer.c.item, assessment_answer.c.value)
    .where(assessment_answer.c.assessment_id == bindparam("of"))
    .order_by(assessment_answer.c.seq)
)
_SAVE = statement(
    update(assessment)
    .where(assessment.c.id == bindparam("of"), assessment.c.version == bindparam("seen"))
    .values(
        completed_at=bindparam("completed_at"),
        score=bindparam("score"),
        band=bindparam("band"),
        algorithm_version=bindparam("algorithm_version"),
        version=bindparam("next"),
    )
)
_LAST_COMPLETED = statement(
    select(assessment)
    .where(
        assessment.c.patient_id == bindparam("patient_id"),
        assessment.c.instrument == bindparam("instrument", type_=Text),
        assessment.c.completed_at.is_not(None),
    )
    .order_by(assessment.c.completed_at.desc(), assessment.c.id.desc())
    .limit(1)
)


async def find(tx: Transaction, assessment_id: UUID) -> Assessment:
    """An assessment with its answers. Raises AssessmentNotFound."""
    return await _whole(tx, await tx.fetch_one(_FIND, id=assessment_id))


async def patient_of(tx: Transaction, assessment_id: UUID) -> UUID:
    """Whose assessment it is, which never changes. Raises AssessmentNotFound."""
    row = await tx.fetch_one(_FIND, id=assessment_id)
    if row is None:
        raise AssessmentNotFound
    patient_id: UUID = row["patient_id"]
    return patient_id


async def lock(tx: Transaction, assessment_id: UUID) -> Assessment:
    """An assessment, kept from everybody else until the commit. Raises AssessmentNotFound."""
    return await _whole(tx, await tx.fetch_one(_LOCK, id=assessment_id))


async def last_completed(tx: Transaction, patient_id: UUID, instrument: str) -> Assessment | None:
    """The newest completed assessment with an instrument, if there is one."""
    row = await tx.fetch_one(_LAST_COMPLETED, patient_id=patient_id, instrument=instrument)
    return None if row is None else await _whole(tx, row)


def add(tx: Transaction, started: Assessment) -> None:
    """Keep a new assessment."""
    tx.about(started.patient_id)
    tx.insert(
        assessment,
        id=started.id,
        network_id=tx.network,
        patient_id=started.patient_id,
        instrument=started.instrument,
        instrument_version=started.instrument_version,
        started_at=started.started_at,
        version=started.version,
    )


def add_answer(tx: Transaction, answered: Assessment, item: str, *, by: UUID) -> None:
    """Keep one answer. Raises StaleVersion at the flush if somebody was faster."""
    tx.insert(
        assessment_answer,
        id=uuid7(),
        network_id=tx.network,
        assessment_id=answered.id,
        item=item,
        value=answered.answers[item],
        answered_by=by,
        answered_at=tx.now,
    )
    save(tx, answered)


def save(tx: Transaction, changed: Assessment) -> None:
    """Keep the state. Raises StaleVersion at the flush if somebody was faster."""
    result = changed.result
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        completed_at=changed.completed_at,
        score=None if result is None else result.score,
        band=None if result is None else result.band,
        algorithm_version=None if result is None else result.algorithm_version,
    )


async def _whole(tx: Transaction, row: Record | None) -> Assessment:
    if row is None:
        raise AssessmentNotFound
    tx.about(row["patient_id"])
    answers = await tx.fetch(_ANSWERS, of=row["id"])
    return Assessment(
        id=row["id"],
        patient_id=row["patient_id"],
        instrument=row["instrument"],
        instrument_version=row["instrument_version"],
        started_at=row["started_at"],
        answers={answer["item"]: answer["value"] for answer in answers},
        completed_at=row["completed_at"],
        result=_result(row),
        version=row["version"],
    )


def _result(row: Record) -> Result | None:
    if row["completed_at"] is None:
        return None
    return Result(score=row["score"], band=row["band"], algorithm_version=row["algorithm_version"])
