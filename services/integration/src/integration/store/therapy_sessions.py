"""Therapy sessions, at rest. Rows are only ever added."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from integration.domain.errors import TherapySessionNotFound
from integration.domain.therapy_session import SessionKind, TherapySession
from integration.store.tables import therapy_session

_FIND = statement(select(therapy_session).where(therapy_session.c.id == bindparam("id")))


def add(tx: Transaction, session: TherapySession) -> None:
    """Keep a therapy session."""
    tx.about(session.patient_id)
    tx.insert(
        therapy_session,
        id=session.id,
        network_id=tx.network,
        patient_id=session.patient_id,
        episode_id=session.episode_id,
        kind=session.kind,
        practitioner_id=session.practitioner_id,
        started_at=session.started_at,
        ended_at=session.ended_at,
        themes=list(session.themes),
        insights=list(session.insights),
        commitments=list(session.commitments),
        recorded_at=tx.now,
    )


async def find(tx: Transaction, session_id: UUID) -> TherapySession:
    """A therapy session. Raises TherapySessionNotFound."""
    row = await tx.fetch_one(_FIND, id=session_id)
    if row is None:
        raise TherapySessionNotFound
    tx.about(row["patient_id"])
    return TherapySession(
        id=row["id"],
        patient_id=row["patient_id"],
        episode_id=row["episode_id"],
        kind=SessionKind(row["kind"]),
        practitioner_id=row["practitioner_id"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        themes=tuple(row["themes"]),
        insights=tuple(row["insights"]),
        commitments=tuple(row["commitments"]),
    )
