"""Imports of FHIR bundles, at rest: what was taken over, and each report."""

from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from intake.store.record_tables import fhir_import, fhir_resource

_ERASED = {"resources": 0, "facts": 0, "counts": {}, "lines": []}

_KNOWN = statement(
    select(fhir_resource.c.resource, fhir_resource.c.sha256).where(
        fhir_resource.c.patient_id == bindparam("patient_id")
    )
)
_REPORTS = statement(
    select(fhir_import)
    .where(fhir_import.c.patient_id == bindparam("patient_id"))
    .order_by(fhir_import.c.imported_at, fhir_import.c.id)
)
_ERASE_REPORTS = statement(
    update(fhir_import)
    .where(fhir_import.c.patient_id == bindparam("whose"))
    .values(report=literal(_ERASED, JSONB))
)
_ERASE_RESOURCES = statement(
    update(fhir_resource)
    .where(fhir_resource.c.patient_id == bindparam("whose"))
    .values(resource=func.concat("erased:", fhir_resource.c.id))
)


async def known(tx: Transaction, patient_id: UUID) -> set[tuple[str, str]]:
    """Name and content of every resource taken over before."""
    rows = await tx.fetch(_KNOWN, patient_id=patient_id)
    return {(row["resource"], row["sha256"]) for row in rows}


def add(
    tx: Transaction,
    patient_id: UUID,
    import_id: UUID,
    *,
    sha256: str,
    report: dict[str, Any],
    by: UUID,
) -> None:
    """Keep a report."""
    tx.insert(
        fhir_import,
        id=import_id,
        network_id=tx.network,
        patient_id=patient_id,
        sha256=sha256,
        report=report,
        imported_by=by,
        imported_at=tx.now,
    )


def add_resource(
    tx: Transaction, patient_id: UUID, import_id: UUID, *, resource: str, sha256: str
) -> None:
    """Keep that a resource was taken over with this content."""
    tx.insert(
        fhir_resource,
        id=uuid7(),
        network_id=tx.network,
        patient_id=patient_id,
        import_id=import_id,
        resource=resource,
        sha256=sha256,
    )


async def reports(tx: Transaction, patient_id: UUID) -> list[dict[str, Any]]:
    """All reports of a patient, by when they were made."""
    rows = await tx.fetch(_REPORTS, patient_id=patient_id)
    return [
        {"id": row["id"], "imported_at": row["imported_at"], "imported_by": row["imported_by"],
         **row["report"]}
        for row in rows
    ]  # fmt: skip


def erase(tx: Transaction, patient_id: UUID) -> None:
    """Take away how the senders name what they sent, which may name the patient."""
    tx.write(_ERASE_REPORTS, whose=patient_id)
    tx.write(_ERASE_RESOURCES, whose=patient_id)
