"""Commitments and how they go, at rest."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import select

from integration.domain.commitment import Commitment, CommitmentCheck
from integration.domain.errors import CommitmentNotFound
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import commitment, commitment_check

commitments = Records(commitment, Commitment, CommitmentNotFound)
checks = Records(commitment_check, CommitmentCheck, CommitmentNotFound)

_OF_PATIENT = statement(
    select(commitment)
    .where(of_person(commitment.c.patient_id))
    .order_by(commitment.c.made_at, commitment.c.id)
)
_CHECKS = statement(
    select(commitment_check)
    .where(of_person(commitment_check.c.patient_id))
    .order_by(commitment_check.c.noted_at, commitment_check.c.id)
)


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Commitment]:
    """A patient's commitments, the oldest first."""
    return await commitments.all(tx, _OF_PATIENT, patient_id=patient_id)


async def checks_of(tx: Transaction, patient_id: UUID) -> list[CommitmentCheck]:
    """How a patient's commitments went."""
    return await checks.all(tx, _CHECKS, patient_id=patient_id)
