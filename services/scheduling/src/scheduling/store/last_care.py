"""When a patient was last here, at rest: from then on their record is kept for its time."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, func, select

from scheduling.store.tables import visit

_LAST = statement(
    select(func.max(visit.c.ends_at).label("at")).where(
        visit.c.patient_id == bindparam("patient_id")
    )
)


async def last_care(tx: Transaction, patient_id: UUID) -> datetime | None:
    """The end of the patient's last visit; None for nobody we know."""
    row = await tx.fetch_one(_LAST, patient_id=patient_id)
    at: datetime | None = None if row is None else row["at"]
    return at
