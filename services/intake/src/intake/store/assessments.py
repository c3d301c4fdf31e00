"""Assessments, at rest. Answers are only ever added; the newest of an item counts."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import Text, Uuid, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from intake.domain.assessment import Assessment
from intake.domain.errors import AssessmentNotFound
from intake.domain.instrument import Result
from intake.domain.scoring import Score
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
        scores=bindparam("scores"),
        prorated=bindparam("prorated"),
        recall_overlaps_dose=bindparam("recall_overlaps_dose"),
        version=bindparam("next"),
    )
)
_OF_PATIENT = statement(
    select(assessment)
    .where(assessment.c.patient_id == bindparam("patient_id"))
    .order_by(assessment.c.started_at, assessment.c.id)
)
_OPEN = statement(
    select(assessment.c.id)
    .where(
        assessment.c.patient_id == bindparam("patient_id"),
        assessment.c.instrument == bindparam("instrument"),
        assessment.c.completed_at.is_(None),
    )
    .limit(1)
)
_LAST_COMPLETED = statement(
    select(assessment)
    .ext(distinct_on(assessment.c.instrument))
    .where(
        assessment.c.patient_id == any_(bindparam("patients", type_=ARRAY(Uuid))),
        assessment.c.instrument == any_(bindparam("instruments", type_=ARRAY(Text))),
        assessment.c.completed_at.is_not(None),
    )
    .order_by(assessment.c.instrument, assessment.c.completed_at.desc(), assessment.c.id.desc())
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


async def last_completed(
    tx: Transaction, patients: list[UUID], instruments: tuple[str, ...]
) -> dict[str, Assessment]:
    """The newest completed assessment with each instrument, where there is one."""
    rows = await tx.fetch(_LAST_COMPLETED, patients=patients, instruments=list(instruments))
    return {row["instrument"]: await _whole(tx, row) for row in rows}


async def is_open(tx: Transaction, patient_id: UUID, instrument: str) -> bool:
    """Whether an assessment with the instrument was begun and is not completed."""
    found = await tx.fetch_one(_OPEN, patient_id=patient_id, instrument=instrument)
    return found is not None


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Assessment]:
    """All assessments of a patient, by when they were started."""
    rows = await tx.fetch(_OF_PATIENT, patient_id=patient_id)
    return [await _whole(tx, row) for row in rows]


def add(tx: Transaction, started: Assessment) -> None:
    """Keep a new assessment."""
    tx.about(started.patient_id)
    tx.insert(
        assessment,
        **_outcome(started),
        completed_at=started.completed_at,
        entered=started.entered,
        rescores=started.rescores,
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
    keep_answer(tx, answered, item, by=by)
    save(tx, answered)


def keep_answer(tx: Transaction, answered: Assessment, item: str, *, by: UUID) -> None:
    """Keep one answer of an assessment that is new itself."""
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


def save(tx: Transaction, changed: Assessment) -> None:
    """Keep the state. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        completed_at=changed.completed_at,
        **_outcome(changed),
    )


def _outcome(of: Assessment) -> dict[str, Any]:
    result = of.result
    return {
        "score": None if result is None else result.score,
        "band": None if result is None else result.band,
        "algorithm_version": None if result is None else result.algorithm_version,
        "scores": None if result is None else [_document(score) for score in result.scores],
        "prorated": result is not None and result.prorated,
        "recall_overlaps_dose": of.recall_overlaps_dose,
    }


def _document(score: Score) -> dict[str, str]:
    return {"code": score.code, "value": str(score.value)}


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
        recall_overlaps_dose=row["recall_overlaps_dose"],
        entered=row["entered"],
        rescores=row["rescores"],
        version=row["version"],
    )


def _result(row: Record) -> Result | None:
    if row["completed_at"] is None:
        return None
    return Result(
        scores=_scores(row),
        band=row["band"],
        algorithm_version=row["algorithm_version"],
        prorated=row["prorated"],
    )


def _scores(row: Record) -> tuple[Score, ...]:
    if row["scores"] is not None:
        return tuple(Score(code=s["code"], value=Decimal(s["value"])) for s in row["scores"])
    # Kept before there was more than one score.
    return () if row["score"] is None else (Score(code="total", value=Decimal(row["score"])),)
