"""Outcomes, at rest. Rows are only ever added."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from integration.domain.errors import MeasureNotFound
from integration.domain.outcome import Outcome
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import outcome

outcomes = Records(outcome, Outcome, MeasureNotFound)

_OF_PATIENT = statement(
    select(outcome)
    .where(of_person(outcome.c.patient_id))
    .order_by(outcome.c.completed_at, outcome.c.id)
)
_OF_INSTRUMENT = statement(
    select(outcome)
    .where(outcome.c.instrument == bindparam("instrument"))
    .order_by(outcome.c.completed_at, outcome.c.id)
)


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Outcome]:
    """A patient's outcomes on every scale, the oldest first."""
    return await outcomes.all(tx, _OF_PATIENT, patient_id=patient_id)


async def of_instrument(tx: Transaction, instrument: str) -> list[Outcome]:
    """The network's outcomes on one scale, the oldest first."""
    return await outcomes.all(tx, _OF_INSTRUMENT, instrument=instrument)
