"""Eligibility decisions, at rest. Rows are only ever added; the newest of a route is in force."""

from dataclasses import asdict
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from intake.domain.eligibility import Attestation, Decision, DecisionOutcome
from intake.store.tables import eligibility_decision

_columns = eligibility_decision.c
_IN_FORCE = statement(
    select(eligibility_decision)
    .ext(distinct_on(_columns.route))
    .where(_columns.patient_id == bindparam("patient_id"))
    .order_by(_columns.route, _columns.seq.desc())
)
_OF_PATIENT = statement(
    select(eligibility_decision)
    .where(_columns.patient_id == bindparam("patient_id"))
    .order_by(_columns.seq)
)
_PATIENTS = statement(select(_columns.patient_id).distinct())


def add(tx: Transaction, signed: Decision) -> None:
    """Keep a decision."""
    tx.insert(
        eligibility_decision,
        id=signed.id,
        network_id=tx.network,
        patient_id=signed.patient_id,
        route=signed.route,
        evaluation_id=signed.evaluation_id,
        rule_set_version=signed.rule_set_version,
        outcome=signed.outcome,
        attestations=[asdict(attestation) for attestation in signed.attestations],
        overrides=[asdict(override) for override in signed.overrides],
        second_signer=signed.second_signer,
        extra_monitoring=list(signed.extra_monitoring),
        decided_by=signed.decided_by,
        decided_at=signed.decided_at,
        expires_at=signed.expires_at,
    )


async def newest(tx: Transaction, patient_id: UUID) -> list[Decision]:
    """The newest decision of every route that has one."""
    return [_decision(row) for row in await tx.fetch(_IN_FORCE, patient_id=patient_id)]


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Decision]:
    """Every decision there was, by when it was signed."""
    return [_decision(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


async def patients(tx: Transaction) -> list[UUID]:
    """Everybody who has a decision."""
    return [row["patient_id"] for row in await tx.fetch(_PATIENTS)]


def _decision(row: Record) -> Decision:
    return Decision(
        id=row["id"],
        patient_id=row["patient_id"],
        route=row["route"],
        evaluation_id=row["evaluation_id"],
        rule_set_version=row["rule_set_version"],
        outcome=DecisionOutcome(row["outcome"]),
        attestations=tuple(Attestation(**document) for document in row["attestations"]),
        extra_monitoring=tuple(row["extra_monitoring"]),
        overrides=tuple(Attestation(**document) for document in row["overrides"]),
        second_signer=row["second_signer"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        expires_at=row["expires_at"],
    )
