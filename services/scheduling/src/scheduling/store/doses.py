"""On which days a patient has dosing visits of a kind, or a slot held for one, at rest."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.store.links import RECORDS

# Bookings of one patient come one after the other: two at once would each see too few.
_QUEUE = Statement(
    "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 5))", ("patient_id",), {}
)
_DAYS = Statement(
    f"""
    SELECT local_on AS day FROM visit WHERE patient_id IN {RECORDS} AND visit_type = $2
      AND state NOT IN ('cancelled', 'missed') AND id <> ALL($3::uuid[])
    UNION ALL
    SELECT (h.starts_at AT TIME ZONE s.zone)::date FROM slot_hold h JOIN site s ON s.id = h.site_id
    WHERE h.patient_id IN {RECORDS} AND h.visit_type = $2 AND h.state = 'held'
      AND h.expires_at > $4 AND h.id <> ALL($3::uuid[])
    """,  # noqa: S608 - our own words
    ("patient_id", "visit_type", "ignored", "now"),
    {},
)


async def queue(tx: Transaction, patient_id: UUID) -> None:
    """Wait until nobody else books for this patient, until the commit."""
    await tx.fetch(_QUEUE, patient_id=patient_id)


async def days(
    tx: Transaction, patient_id: UUID, visit_type: str, *, ignored: Iterable[UUID]
) -> list[date]:
    """The calendar days, at the sites, of the visits and holds there are."""
    rows = await tx.fetch(
        _DAYS, patient_id=patient_id, visit_type=visit_type, ignored=list(ignored), now=tx.now
    )
    return [row["day"] for row in rows]
