"""Doses that dosing has charted, at rest. Rows are only ever added."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from integration.domain.dose import Dose
from integration.domain.errors import DoseNotFound
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import dose

doses = Records(dose, Dose, DoseNotFound)

_OF_PATIENT = statement(
    select(dose).where(of_person(dose.c.patient_id)).order_by(dose.c.administered_at, dose.c.id)
)

_KNOWN = statement(select(dose.c.id).where(dose.c.id == bindparam("id")))
_ALL = statement(select(dose).order_by(dose.c.administered_at, dose.c.id))


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Dose]:
    """A patient's doses, the first one first."""
    return await doses.all(tx, _OF_PATIENT, patient_id=patient_id)


async def known(tx: Transaction, dose_id: UUID) -> bool:
    """Whether the dose is kept already."""
    return await tx.fetch_one(_KNOWN, id=dose_id) is not None


async def of_network(tx: Transaction) -> list[Dose]:
    """Every dose of the network, the first one first."""
    return await doses.all(tx, _ALL)
