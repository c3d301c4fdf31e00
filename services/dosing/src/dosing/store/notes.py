"""Notes of a session, and what was not given, at rest. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.session import Session
from dosing.store import records
from dosing.store.care_tables import benefit_risk_note, dose_not_given
from dosing.store.record_tables import session_note

_NOTES = statement(
    select(session_note)
    .where(session_note.c.session_id == bindparam("session_id"))
    .order_by(session_note.c.occurred_at, session_note.c.id)
)
_NOT_GIVEN = statement(
    select(dose_not_given)
    .where(dose_not_given.c.session_id == bindparam("session_id"))
    .order_by(dose_not_given.c.occurred_at, dose_not_given.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote about a session."""

    id: UUID
    kind: str
    body: str
    written_by: UUID
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotGiven:
    """Ordered drug that was not given."""

    id: UUID
    amount_mg: Decimal
    reason: str
    recorded_by: UUID
    occurred_at: datetime
    recorded_at: datetime


async def of_session(tx: Transaction, session_id: UUID) -> list[Note]:
    """A session's notes, as they happened."""
    return [records.read(Note, row) for row in await tx.fetch(_NOTES, session_id=session_id)]


async def not_given_of(tx: Transaction, session_id: UUID) -> list[NotGiven]:
    """What was ordered in a session and not given."""
    rows = await tx.fetch(_NOT_GIVEN, session_id=session_id)
    return [records.read(NotGiven, row) for row in rows]


def add(
    tx: Transaction,
    note_id: UUID,
    session_id: UUID,
    *,
    kind: str,
    body: str,
    by: UUID,
    occurred_at: datetime,
) -> None:
    """Keep a note."""
    tx.insert(
        session_note,
        id=note_id,
        network_id=tx.network,
        session_id=session_id,
        kind=kind,
        body=body,
        written_by=by,
        occurred_at=occurred_at,
        recorded_at=tx.now,
    )


def add_benefit_risk(
    tx: Transaction, note_id: UUID, session_id: UUID, observation_id: UUID, note: str, by: UUID
) -> None:
    """Keep a prescriber's note on a reading."""
    tx.insert(
        benefit_risk_note,
        id=note_id,
        network_id=tx.network,
        session_id=session_id,
        observation_id=observation_id,
        note=note,
        signed_by=by,
        signed_at=tx.now,
    )


def add_not_given(
    tx: Transaction,
    not_given_id: UUID,
    session: Session,
    order_id: UUID,
    *,
    amount_mg: Decimal,
    reason: str,
    by: UUID,
    occurred_at: datetime,
) -> None:
    """Keep what was not given."""
    tx.insert(
        dose_not_given,
        id=not_given_id,
        network_id=tx.network,
        session_id=session.id,
        patient_id=session.patient_id,
        order_id=order_id,
        amount_mg=amount_mg,
        reason=reason,
        recorded_by=by,
        occurred_at=occurred_at,
        recorded_at=tx.now,
    )
