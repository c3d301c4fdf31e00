"""What every booking asks first, read at once: site, room, policy, and whose record it is."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

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
