"""Therapy sessions with what was added to them, at rest. Rows are only ever added."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from integration.domain.addendum import Addendum, Cosignature
from integration.domain.errors import AlreadyCosigned, TherapySessionNotFound
from integration.domain.therapy_session import TherapySession
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import therapy_addendum, therapy_cosignature, therapy_session

therapy_sessions = Records(therapy_session, TherapySession, TherapySessionNotFound)
addenda = Records(therapy_addendum, Addendum, TherapySessionNotFound)
cosignatures = Records(therapy_cosignature, Cosignature, TherapySessionNotFound)

_OF_PATIENT = statement(
    select(therapy_session)
    .where(of_person(therapy_session.c.patient_id))
    .order_by(therapy_session.c.started_at.desc(), therapy_session.c.id.desc())
    .limit(bindparam("limit"))
)
_ADDED = statement(
    select(therapy_addendum)
    .where(therapy_addendum.c.therapy_session_id == bindparam("session_id"))
    .order_by(therapy_addendum.c.added_at, therapy_addendum.c.id)
)
_SIGNED = statement(
    select(therapy_cosignature)
    .where(therapy_cosignature.c.therapy_session_id == bindparam("session_id"))
    .order_by(therapy_cosignature.c.signed_at)
)


async def of_patient(tx: Transaction, patient_id: UUID, limit: int = 50) -> list[TherapySession]:
    """A patient's therapy sessions, the newest first, `limit` at most."""
    return await therapy_sessions.all(tx, _OF_PATIENT, patient_id=patient_id, limit=limit)


async def added_to(tx: Transaction, session_id: UUID) -> list[Addendum]:
    """What was added to a record, in that order."""
    return await addenda.all(tx, _ADDED, session_id=session_id)


async def signatures_of(tx: Transaction, session_id: UUID) -> list[Cosignature]:
    """Who signed a record beside its author."""
    return await cosignatures.all(tx, _SIGNED, session_id=session_id)


def cosign(tx: Transaction, signature: Cosignature) -> None:
    """Keep a co-therapist's signature. Raises AlreadyCosigned at the flush."""
    tx.refuse_on("cosigned_once", AlreadyCosigned())
    cosignatures.add(tx, signature)
