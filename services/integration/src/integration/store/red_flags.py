"""Red flags, at rest."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import select

from integration.domain.errors import RedFlagNotFound
from integration.domain.red_flag import RedFlag
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import red_flag

red_flags = Records(red_flag, RedFlag, RedFlagNotFound)

_OF_PATIENT = statement(
    select(red_flag)
    .where(of_person(red_flag.c.patient_id))
    .order_by(red_flag.c.raised_at.desc(), red_flag.c.id.desc())
)


async def of_patient(tx: Transaction, patient_id: UUID) -> list[RedFlag]:
    """A patient's red flags, the newest first."""
    return await red_flags.all(tx, _OF_PATIENT, patient_id=patient_id)
