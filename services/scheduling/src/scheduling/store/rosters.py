"""What a search looks at, read at once: sites, rooms, equipment, people, hours and closures."""

from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Text, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from scheduling.domain.opening import Span
from scheduling.domain.roster import Roster
from scheduling.domain.site import Room, Site
from scheduling.store import openings, practitioners
from scheduling.store.tables import practitioner, room, site

_ids = bindparam("site_ids", type_=ARRAY(Uuid))
_SITES = statement(
    select(site.c.id, site.c.name, site.c.zone, site.c.state)
    .where(or_(_ids.is_(None), site.c.id == any_(_ids)))
    .order_by(site.c.id)
)
_ROOMS = statement(
    select(room.c.id, room.c.site_id, room.c.name)
    .where(room.c.site_id == any_(_ids))
    .order_by(room.c.id)
)
_PEOPLE = statement(
    select(practitioner.c.id).where(
        practitioner.c.roles.overlap(bindparam("roles", type_=ARRAY(Text)))
    )
)


async def read(
    tx: Transaction, site_ids: Sequence[UUID] | None, roles: Sequence[str], window: Span
) -> Roster:
    """The roster of these sites (None for all) and everybody with one of the roles."""
    wanted = None if site_ids is None else list(site_ids)
    sites = [Site(**row) for row in await tx.fetch(_SITES, site_ids=wanted)]
    at = [one.id for one in sites]
    rooms = [Room(**row) for row in await tx.fetch(_ROOMS, site_ids=at)]
    equipment = await openings.equipment_at(tx, at)
    ids = [row["id"] for row in await tx.fetch(_PEOPLE, roles=list(roles))]
    hours = await openings.hours(tx, at, ids)
    working = {one.practitioner_id for one in hours}
    people = await practitioners.find_all(tx, [one for one in ids if one in working])
    closable = [*at, *(r.id for r in rooms), *(e.id for e in equipment), *(p.id for p in people)]
    closures = await openings.closures(tx, closable, window)
    return Roster(
        sites=sites, rooms=rooms, equipment=equipment, people=people, hours=hours, closures=closures
    )
