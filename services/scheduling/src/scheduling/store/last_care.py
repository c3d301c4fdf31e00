"""When a patient was last here, at rest: from then on their record is kept for its time."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

# Under any record of the person, whichever of them is asked for.
_LAST = Statement(
    """
    WITH person AS (SELECT coalesce((SELECT surviving_patient_id FROM patient_link
      WHERE merged_patient_id = $1::uuid AND parted_at IS NULL), $1::uuid) AS id)
    SELECT max(v.ends_at) AS at FROM visit v WHERE v.patient_id IN (
      SELECT id FROM person UNION ALL
      SELECT l.merged_patient_id FROM patient_link l, person p
      WHERE l.surviving_patient_id = p.id AND l.parted_at IS NULL)
    """,
    ("patient_id",),
    {},
)


async def last_care(tx: Transaction, patient_id: UUID) -> datetime | None:
    """The end of the last visit under any record of the person; None for nobody known."""
    row = await tx.fetch_one(_LAST, patient_id=patient_id)
    at: datetime | None = None if row is None else row["at"]
    return at
