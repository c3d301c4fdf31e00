"""Clearances, at rest: one row per patient, whose lock serialises everything that can change it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select, update

from intake.domain.clearance import Clearance, RouteStatus
from intake.domain.errors import PatientNotFound
from intake.store.tables import clearance, clearance_confirmation

_BY_PATIENT = select(clearance).where(clearance.c.patient_id == bindparam("patient_id"))
_FIND = statement(_BY_PATIENT)
_LOCK = statement(_BY_PATIENT.with_for_update())
_CONFIRMATIONS = statement(
    select(clearance_confirmation)
    .where(clearance_confirmation.c.patient_id == bindparam("patient_id"))
    .order_by(clearance_confirmation.c.confirmed_at, clearance_confirmation.c.id)
)
_SAVE = statement(
    update(clearance)
    .where(clearance.c.patient_id == bindparam("of"))
    .values(
        version=bindparam("version"),
        changed_at=bindparam("changed_at"),
        routes=bindparam("routes"),
    )
)


async def find(tx: Transaction, patient_id: UUID) -> Clearance:
    """A patient's clearance, to be looked at. Raises PatientNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, patient_id=patient_id))


async def lock(tx: Transaction, patient_id: UUID) -> Clearance:
    """A patient's clearance, kept from everybody else until the commit. Raises PatientNotFound.

    Whatever confirms, grants or withdraws a clearance takes this lock before it reads anything.
    """
    return _one(tx, await tx.fetch_one(_LOCK, patient_id=patient_id))


async def confirmations(tx: Transaction, patient_id: UUID) -> list[dict[str, Any]]:
    """Whenever a clearance was confirmed, for whom and until when."""
    rows = await tx.fetch(_CONFIRMATIONS, patient_id=patient_id)
    names = ("id", "route", "clearance_version", "acting_for", "confirmed_at", "valid_until")
    return [{name: row[name] for name in names} for row in rows]


def add(tx: Transaction, first: Clearance) -> None:
    """Keep the first clearance of a patient."""
    tx.insert(
        clearance,
        patient_id=first.patient_id,
        network_id=tx.network,
        version=first.version,
        changed_at=first.changed_at,
        routes=[_document(status) for status in first.routes],
    )


def save(tx: Transaction, changed: Clearance) -> None:
    """Keep the next version of a clearance that is locked."""
    tx.write(
        _SAVE,
        of=changed.patient_id,
        version=changed.version,
        changed_at=changed.changed_at,
        routes=[_document(status) for status in changed.routes],
    )


def add_confirmation(
    tx: Transaction,
    confirmation_id: UUID,
    confirmed: Clearance,
    route: str,
    *,
    acting_for: UUID,
    valid_until: datetime,
) -> None:
    """Keep the proof that a clearance was confirmed."""
    tx.insert(
        clearance_confirmation,
        id=confirmation_id,
        network_id=tx.network,
        patient_id=confirmed.patient_id,
        route=route,
        clearance_version=confirmed.version,
        extra_monitoring=list(confirmed.of(route, tx.now).extra_monitoring),
        acting_for=acting_for,
        confirmed_at=tx.now,
        valid_until=valid_until,
    )


def _one(tx: Transaction, row: Record | None) -> Clearance:
    if row is None:
        raise PatientNotFound
    tx.about(row["patient_id"])
    return Clearance(
        patient_id=row["patient_id"],
        version=row["version"],
        changed_at=row["changed_at"],
        routes=tuple(_status(document) for document in row["routes"]),
    )


def _document(status: RouteStatus) -> dict[str, Any]:
    return {
        "route": status.route,
        "reasons": list(status.reasons),
        "decision_expires_at": _text(status.decision_expires_at),
        "consent_expires_at": _text(status.consent_expires_at),
        "extra_monitoring": list(status.extra_monitoring),
    }


def _status(document: dict[str, Any]) -> RouteStatus:
    return RouteStatus(
        route=document["route"],
        reasons=tuple(document["reasons"]),
        decision_expires_at=_instant(document["decision_expires_at"]),
        consent_expires_at=_instant(document["consent_expires_at"]),
        extra_monitoring=tuple(document["extra_monitoring"]),
    )


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
