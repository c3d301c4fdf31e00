"""When a patient was last cared for, at rest: from then on their chart is kept for its time."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import func, select, union_all

from integration.store.people import of_person
from integration.store.tables import episode, team_message, therapy_session

_instants = union_all(
    select(episode.c.opened_at.label("at")).where(of_person(episode.c.patient_id)),
    select(therapy_session.c.started_at).where(of_person(therapy_session.c.patient_id)),
    select(team_message.c.sent_at).where(of_person(team_message.c.patient_id)),
).subquery()
_LAST = statement(select(func.max(_instants.c.at).label("at")))


async def last_care(tx: Transaction, patient_id: UUID) -> datetime | None:
    """The newest of what was done or said of any record of the person; None for nobody."""
    row = await tx.fetch_one(_LAST, patient_id=patient_id)
    at: datetime | None = None if row is None else row["at"]
    return at
