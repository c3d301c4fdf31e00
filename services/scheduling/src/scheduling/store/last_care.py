"""When a patient was last here, at rest: from then on their record is kept for its time."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

# Under any record of the person, whichever of them is asked for.
_PERSON = """
    WITH person AS (SELECT coalesce((SELECT surviving_patient_id FROM patient_link
      WHERE merged_patient_id = $1::uuid AND parted_at IS NULL), $1::uuid) AS id),
    visits AS (SELECT v.ends_at, v.site_id FROM visit v WHERE v.patient_id IN (
      SELECT id FROM person UNION ALL
      SELECT l.merged_patient_id FROM patient_link l, person p
      WHERE l.surviving_patient_id = p.id AND l.parted_at IS NULL))
"""
_LAST_SQL = f"{_PERSON} SELECT max(ends_at) AS at FROM visits"  # noqa: S608 - our own SQL
_PLACES_SQL = (
    f"{_PERSON} SELECT DISTINCT s.state, s.id FROM visits v "  # noqa: S608 - our own SQL
    "JOIN site s ON s.id = v.site_id"
)
_LAST = Statement(_LAST_SQL, ("patient_id",), {})
_PLACES = Statement(_PLACES_SQL, ("patient_id",), {})


async def last_care(tx: Transaction, patient_id: UUID) -> datetime | None:
    """The end of the last visit under any record of the person; None for nobody known."""
    row = await tx.fetch_one(_LAST, patient_id=patient_id)
    at: datetime | None = None if row is None else row["at"]
    return at


async def places_of_care(tx: Transaction, patient_id: UUID) -> list[tuple[str | None, UUID | None]]:
    """State and site of every visit of the person."""
    rows = await tx.fetch(_PLACES, patient_id=patient_id)
    return [(row["state"], row["id"]) for row in rows]
