"""What intake knows of dosing sessions: whether one is open."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from intake.store.tables import dosing_session

_columns = dosing_session.c
_insert = insert(dosing_session).values(
    id=bindparam("id"),
    network_id=bindparam("network_id"),
    patient_id=bindparam("patient_id"),
    opened_at=bindparam("opened_at"),
    ended_at=bindparam("ended_at"),
)
_NOTE = statement(
    _insert.on_conflict_do_update(
        index_elements=[_columns.id],
        set_={
            "opened_at": func.coalesce(_columns.opened_at, _insert.excluded.opened_at),
            "ended_at": func.coalesce(_columns.ended_at, _insert.excluded.ended_at),
        },
    )
)
_OPEN = statement(
    select(_columns.id)
    .where(_columns.patient_id == bindparam("patient_id"), _columns.ended_at.is_(None))
    .limit(1)
)


async def note(
    tx: Transaction,
    session_id: UUID,
    patient_id: UUID,
    *,
    opened_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> None:
    """Keep that a session began or ended. A repeat changes nothing; an end is final."""
    tx.about(patient_id)
    await tx.execute(
        _NOTE,
        id=session_id,
        network_id=tx.network,
        patient_id=patient_id,
        opened_at=opened_at,
        ended_at=ended_at,
    )


async def is_open(tx: Transaction, patient_id: UUID) -> bool:
    """Whether the patient is in a dosing session now."""
    return await tx.fetch_one(_OPEN, patient_id=patient_id) is not None
