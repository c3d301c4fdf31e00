"""What the visits of one record take, counted for another record of the same person, at rest."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.domain.claims import Claim
from scheduling.store import occupancy

# What another record of the same person has taken counts for the surviving one as well.
_TAKEN_BY = Statement(
    """
    SELECT visit_id, resource_kind, lower(during) AS since, upper(during) AS till FROM occupancy
    WHERE network_id = $1 AND resource_kind = ANY('{patient,dosing_interval}')
      AND resource_id = $2 AND visit_id IS NOT NULL AND NOT isempty(lanes)
      AND starts_at > $3::timestamptz - interval '8 days' AND upper(during) > $3::timestamptz
    """,
    ("network_id", "patient_id", "now"),
    {},
)
_GIVE_BACK = Statement(
    "UPDATE occupancy o SET lanes = 'empty' FROM visit v WHERE o.network_id = $1 "
    "AND o.resource_kind = ANY('{patient,dosing_interval}') AND o.resource_id = $2 "
    "AND o.visit_id = v.id AND v.patient_id = $3 AND NOT isempty(o.lanes)",
    ("network_id", "surviving", "merged"),
    {},
)


async def lend(tx: Transaction, merged: UUID, surviving: UUID) -> None:
    """Let what one record's visits take count for another one, as far as nothing is there yet."""
    rows = await tx.fetch(_TAKEN_BY, network_id=tx.network, patient_id=merged, now=tx.now)
    claims = [
        (
            row["visit_id"],
            Claim(
                kind=row["resource_kind"],
                id=surviving,
                starts_at=row["since"],
                ends_at=row["till"],
            ),
        )
        for row in rows
    ]
    await occupancy.take_all(tx, claims)


async def give_back(tx: Transaction, merged: UUID, surviving: UUID) -> None:
    """Take back what was lent: they are two people."""
    await tx.execute(_GIVE_BACK, network_id=tx.network, surviving=surviving, merged=merged)
