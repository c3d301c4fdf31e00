"""Safety concerns, at rest."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select, update

from intake.domain.concern import Concern, Origin, Release, Severity
from intake.domain.errors import ConcernNotFound
from intake.store.tables import safety_concern

_BY_ID = select(safety_concern).where(safety_concern.c.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_OF_PATIENT = statement(
    select(safety_concern)
    .where(safety_concern.c.patient_id == bindparam("patient_id"))
    .order_by(safety_concern.c.raised_at, safety_concern.c.id)
)
_BLOCKING = statement(
    select(safety_concern.c.assessment_id, safety_concern.c.trigger).where(
        safety_concern.c.patient_id == bindparam("patient_id"), safety_concern.c.blocks_dosing
    )
)
_OF_ORIGIN = statement(
    select(safety_concern.c.id).where(
        safety_concern.c.patient_id == bindparam("patient_id"),
        safety_concern.c.origin_id == bindparam("origin_id"),
    )
)
_SAVE = statement(
    update(safety_concern)
    .where(safety_concern.c.id == bindparam("of"), safety_concern.c.version == bindparam("seen"))
    .values(
        blocks_dosing=bindparam("blocks_dosing"),
        escalation_step=bindparam("escalation_step"),
        escalated_at=bindparam("escalated_at"),
        acknowledged_at=bindparam("acknowledged_at"),
        acknowledged_by=bindparam("acknowledged_by"),
        acknowledgement_reason=bindparam("acknowledgement_reason"),
        cleared_at=bindparam("cleared_at"),
        cleared_by=bindparam("cleared_by"),
        clearing_reason=bindparam("clearing_reason"),
        version=bindparam("next"),
    )
)


async def find(tx: Transaction, concern_id: UUID) -> Concern:
    """A concern. Raises ConcernNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=concern_id))


async def lock(tx: Transaction, concern_id: UUID) -> Concern:
    """A concern, kept from everybody else until the commit. Raises ConcernNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=concern_id))


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Concern]:
    """All concerns of a patient, by time."""
    return [_concern(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


async def raised_by(tx: Transaction, patient_id: UUID, origin_id: UUID) -> bool:
    """Whether another service's record has raised a concern already."""
    found = await tx.fetch_one(_OF_ORIGIN, patient_id=patient_id, origin_id=origin_id)
    return found is not None


async def blocking(tx: Transaction, patient_id: UUID) -> set[tuple[UUID | None, str]]:
    """Assessment and trigger of every concern that blocks dosing."""
    rows = await tx.fetch(_BLOCKING, patient_id=patient_id)
    return {(row["assessment_id"], row["trigger"]) for row in rows}


def add(tx: Transaction, raised: Concern) -> None:
    """Keep a new concern."""
    tx.insert(
        safety_concern,
        id=raised.id,
        network_id=tx.network,
        patient_id=raised.patient_id,
        assessment_id=raised.assessment_id,
        origin=raised.origin,
        origin_id=raised.origin_id,
        unattended=raised.unattended,
        escalation_step=raised.escalation_step,
        trigger=raised.trigger,
        severity=raised.severity,
        release=raised.release,
        blocks_dosing=raised.blocks_dosing,
        raised_at=raised.raised_at,
        version=raised.version,
    )


def save(tx: Transaction, changed: Concern) -> None:
    """Keep the state. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        blocks_dosing=changed.blocks_dosing,
        escalation_step=changed.escalation_step,
        escalated_at=changed.escalated_at,
        acknowledged_at=changed.acknowledged_at,
        acknowledged_by=changed.acknowledged_by,
        acknowledgement_reason=changed.acknowledgement_reason,
        cleared_at=changed.cleared_at,
        cleared_by=changed.cleared_by,
        clearing_reason=changed.clearing_reason,
    )


def _one(tx: Transaction, row: Record | None) -> Concern:
    if row is None:
        raise ConcernNotFound
    tx.about(row["patient_id"])
    return _concern(row)


def _concern(row: Record) -> Concern:
    return Concern(
        id=row["id"],
        patient_id=row["patient_id"],
        assessment_id=row["assessment_id"],
        trigger=row["trigger"],
        severity=Severity(row["severity"]),
        release=Release(row["release"]),
        raised_at=row["raised_at"],
        origin=Origin(row["origin"]),
        origin_id=row["origin_id"],
        unattended=row["unattended"],
        escalation_step=row["escalation_step"],
        escalated_at=row["escalated_at"],
        blocks_dosing=row["blocks_dosing"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
        acknowledgement_reason=row["acknowledgement_reason"],
        cleared_at=row["cleared_at"],
        cleared_by=row["cleared_by"],
        clearing_reason=row["clearing_reason"],
        version=row["version"],
    )
