"""Evaluations of the eligibility rules, at rest. Rows are only ever added."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Uuid, bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from intake.domain.eligibility import Evaluation
from intake.domain.errors import EvaluationNotFound
from intake.domain.rules import Finding, Outcome, Phase, RuleResult
from intake.store.tables import evaluation, patient

_FIND = statement(select(evaluation).where(evaluation.c.id == bindparam("id")))
_OF_PATIENT = statement(
    select(evaluation)
    .where(evaluation.c.patient_id == bindparam("patient_id"))
    .order_by(evaluation.c.seq)
)
_NEWEST = statement(
    select(evaluation.c.id)
    .where(
        evaluation.c.patient_id == bindparam("patient_id"),
        evaluation.c.route == bindparam("route"),
        evaluation.c.phase == bindparam("phase"),
    )
    .order_by(evaluation.c.seq.desc())
    .limit(1)
)


_columns = evaluation.c
_page = (
    select(_columns.patient_id)
    .where(_columns.phase == Phase.SCREENING.value)
    .where(
        or_(
            bindparam("after", type_=Uuid).is_(None),
            _columns.patient_id > bindparam("after", type_=Uuid),
        )
    )
    .distinct()
    .order_by(_columns.patient_id)
    .limit(bindparam("patients"))
    .subquery()
)
_PAGE = statement(
    select(
        _columns.patient_id,
        _columns.route,
        _columns.inputs,
        _columns.results,
        patient.c.home_site_id,
        patient.c.state,
    )
    .ext(distinct_on(_columns.patient_id, _columns.route))
    .join(_page, _page.c.patient_id == _columns.patient_id)
    .join(patient, patient.c.id == _columns.patient_id)
    .where(_columns.phase == Phase.SCREENING.value)
    .order_by(_columns.patient_id, _columns.route, _columns.seq.desc())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The newest screening of a patient for a route, as far as a dry run needs it."""

    patient_id: UUID
    route: str
    inputs: Mapping[str, Any]
    outcomes: Mapping[str, Outcome | None]
    home_site_id: UUID | None
    state: str | None


async def newest_page(tx: Transaction, after: UUID | None, patients: int) -> list[Screening]:
    """The newest screening of every route of so many patients, by patient."""
    return [
        Screening(
            patient_id=row["patient_id"],
            route=row["route"],
            inputs=row["inputs"],
            outcomes={
                r["rule"]: Outcome(r["outcome"]) if r["outcome"] else None for r in row["results"]
            },
            home_site_id=row["home_site_id"],
            state=row["state"],
        )
        for row in await tx.fetch(_PAGE, after=after, patients=patients)
    ]


async def find(tx: Transaction, evaluation_id: UUID) -> Evaluation:
    """An evaluation. Raises EvaluationNotFound."""
    row = await tx.fetch_one(_FIND, id=evaluation_id)
    if row is None:
        raise EvaluationNotFound
    tx.about(row["patient_id"])
    return _evaluation(row)


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Evaluation]:
    """Every evaluation there was, by when it was made."""
    return [_evaluation(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


async def newest(tx: Transaction, patient_id: UUID, route: str) -> UUID | None:
    """The last screening evaluation of a patient for a route, if there is one."""
    row = await tx.fetch_one(
        _NEWEST, patient_id=patient_id, route=route, phase=Phase.SCREENING.value
    )
    return None if row is None else row["id"]


def add(tx: Transaction, made: Evaluation) -> None:
    """Keep an evaluation with the inputs it was made from."""
    tx.insert(
        evaluation,
        id=made.id,
        network_id=tx.network,
        patient_id=made.patient_id,
        route=made.route,
        phase=made.phase,
        rule_set_version=made.rule_set_version,
        inputs=dict(made.inputs),
        results=[asdict(result) for result in made.results],
        evaluated_at=made.evaluated_at,
        evaluated_by=made.evaluated_by,
    )


def _evaluation(row: Record) -> Evaluation:
    return Evaluation(
        id=row["id"],
        patient_id=row["patient_id"],
        route=row["route"],
        phase=Phase(row["phase"]),
        rule_set_version=row["rule_set_version"],
        inputs=row["inputs"],
        results=tuple(_result(document) for document in row["results"]),
        evaluated_at=row["evaluated_at"],
        evaluated_by=row["evaluated_by"],
    )


def _result(document: dict[str, Any]) -> RuleResult:
    outcome = document["outcome"]
    return RuleResult(
        rule=document["rule"],
        finding=Finding(document["finding"]),
        outcome=None if outcome is None else Outcome(outcome),
        unknown=tuple(document["unknown"]),
        monitoring=tuple(document["monitoring"]),
        explanation=document["explanation"],
    )
