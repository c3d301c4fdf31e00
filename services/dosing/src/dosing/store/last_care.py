"""When a patient was last dosed, at rest: from then on their chart is kept for its time."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import func, select

from dosing.store.persons import same_person
from dosing.store.session_tables import session

_LAST = statement(
    select(func.max(func.coalesce(session.c.last_dose_at, session.c.opened_at)).label("at")).where(
        session.c.patient_id.in_(same_person())
    )
)


_PLACES = statement(
    select(session.c.site_state, session.c.site_id)
    .where(session.c.patient_id.in_(same_person()))
    .distinct()
)


async def places_of_care(tx: Transaction, patient_id: UUID) -> list[tuple[str | None, UUID | None]]:
    """State and site of every session of the person."""
    rows = await tx.fetch(_PLACES, patient_id=patient_id)
    return [(row["site_state"], row["site_id"]) for row in rows]


async def last_care(tx: Transaction, patient_id: UUID) -> datetime | None:
    """The last dose, or session without one, of any record of the person; None for nobody known."""
    row = await tx.fetch_one(_LAST, patient_id=patient_id)
    at: datetime | None = None if row is None else row["at"]
    return at
