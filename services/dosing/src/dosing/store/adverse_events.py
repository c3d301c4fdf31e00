"""Adverse events, at rest: a row for each version."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.adverse_event import AdverseEvent
from dosing.domain.care_errors import AdverseEventNotFound
from dosing.domain.errors import IllegalMove
from dosing.store import records
from dosing.store.record_tables import adverse_event

_VERSIONS = statement(
    select(adverse_event)
    .where(adverse_event.c.adverse_event_id == bindparam("adverse_event_id"))
    .order_by(adverse_event.c.version)
)
_OF_SESSION = statement(
    select(adverse_event)
    .where(adverse_event.c.session_id == bindparam("session_id"))
    .order_by(adverse_event.c.adverse_event_id, adverse_event.c.version)
)
_OF_PATIENT = statement(
    select(adverse_event)
    .where(adverse_event.c.patient_id == bindparam("patient_id"))
    .order_by(adverse_event.c.adverse_event_id, adverse_event.c.version)
)


async def versions(tx: Transaction, adverse_event_id: UUID) -> list[AdverseEvent]:
    """All versions, oldest first. Raises AdverseEventNotFound."""
    rows = await tx.fetch(_VERSIONS, adverse_event_id=adverse_event_id)
    if not rows:
        raise AdverseEventNotFound
    tx.about(rows[0]["patient_id"])
    return [records.read(AdverseEvent, row) for row in rows]


async def of_session(tx: Transaction, session_id: UUID) -> list[AdverseEvent]:
    """The newest version of each of a session's events."""
    rows = await tx.fetch(_OF_SESSION, session_id=session_id)
    return _newest([records.read(AdverseEvent, row) for row in rows])


async def of_patient(tx: Transaction, patient_id: UUID) -> list[AdverseEvent]:
    """The newest version of each of a patient's events."""
    rows = await tx.fetch(_OF_PATIENT, patient_id=patient_id)
    return _newest([records.read(AdverseEvent, row) for row in rows])


def add(tx: Transaction, recorded: AdverseEvent) -> None:
    """Keep a version. Raises IllegalMove at the flush if somebody was faster."""
    tx.refuse_on("adverse_event_pkey", IllegalMove())
    records.add(tx, adverse_event, recorded)


def _newest(found: list[AdverseEvent]) -> list[AdverseEvent]:
    return list({one.adverse_event_id: one for one in found}.values())
