"""What a booking asks first: site, room, policy, whose record it is, and what is taken already."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.domain.claims import Claim
from scheduling.domain.errors import RoomNotFound, SiteNotFound
from scheduling.domain.rule_errors import PatientMerged
from scheduling.domain.site import Site
from scheduling.store import policies

_READ = Statement(
    f"""
    SELECT s.id, s.name, s.zone, s.state,
      (SELECT surviving_patient_id FROM patient_link
        WHERE merged_patient_id = $2::uuid AND parted_at IS NULL) AS survivor,
      EXISTS (SELECT FROM room r WHERE r.id = $3::uuid AND r.site_id = s.id) AS has_room,
      (SELECT coalesce(jsonb_agg(p), '[]') FROM ({policies.IN_FORCE}) p) AS policies
    FROM site s WHERE s.id = $1::uuid FOR SHARE OF s
    """,  # noqa: S608 - our own words
    ("site_id", "patient_id", "room_id"),
    {},
)
_TAKEN = Statement(
    """
    SELECT n FROM unnest($3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
      WITH ORDINALITY AS w(kind, id, since, till, n)
    WHERE EXISTS (SELECT FROM occupancy o
      WHERE o.network_id = $1::uuid AND o.resource_kind = w.kind AND o.resource_id = w.id
        AND o.during && tstzrange(w.since, w.till) AND NOT isempty(o.lanes)
        AND (o.expires_at IS NULL OR o.expires_at > $2::timestamptz))
    """,
    ("network_id", "at", "kinds", "ids", "starts", "ends"),
    {},
)


async def share(tx: Transaction, site_id: UUID, patient_id: UUID, *, room_id: UUID | None) -> Site:
    """A site, with that room, that nobody closes until the commit.

    Raises SiteNotFound, RoomNotFound (for another site's room as well), PatientMerged.
    """
    row = await tx.fetch_one(_READ, site_id=site_id, patient_id=patient_id, room_id=room_id)
    if row is None:
        raise SiteNotFound
    if row["survivor"] is not None:
        raise PatientMerged(row["survivor"])
    if room_id is not None and not row["has_room"]:
        raise RoomNotFound
    policies.learn(tx, site_id, row["policies"])
    return Site(id=row["id"], name=row["name"], zone=row["zone"], state=row["state"])


async def taken(tx: Transaction, claims: list[Claim]) -> list[Claim]:
    """Those of which something is occupied at this moment. It takes nothing and locks nothing."""
    rows = await tx.fetch(
        _TAKEN,
        network_id=tx.network,
        at=tx.now,
        kinds=[one.kind for one in claims],
        ids=[one.id for one in claims],
        starts=[one.starts_at for one in claims],
        ends=[one.ends_at for one in claims],
    )
    return [claims[row["n"] - 1] for row in rows]
