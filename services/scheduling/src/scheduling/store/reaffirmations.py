"""Consents that patients said again before a visit, at rest."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

_KEEP = Statement(
    "INSERT INTO consent_reaffirmation (network_id, visit_id, patient_id, reaffirmed_at) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    ("network_id", "visit_id", "patient_id", "at"),
    {},
)
_KNOWN = Statement(
    "SELECT EXISTS (SELECT FROM consent_reaffirmation WHERE visit_id = $1) AS known",
    ("visit_id",),
    {},
)


async def keep(tx: Transaction, visit_id: UUID, patient_id: UUID, *, at: datetime) -> None:
    """Intake has heard it."""
    await tx.execute(_KEEP, network_id=tx.network, visit_id=visit_id, patient_id=patient_id, at=at)


async def is_known(tx: Transaction, visit_id: UUID) -> bool:
    """Whether intake has heard it for this visit."""
    row = await tx.fetch_one(_KNOWN, visit_id=visit_id)
    assert row is not None
    return bool(row["known"])
