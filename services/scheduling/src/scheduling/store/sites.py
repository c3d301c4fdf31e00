"""Sites and their rooms, at rest."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import Integer, Uuid, bindparam, or_, select

from scheduling.domain.errors import RoomNotFound, SiteNotFound
from scheduling.domain.opening import ResourceKind
from scheduling.domain.resource_errors import ResourceNotFound
from scheduling.domain.site import Room, Site
from scheduling.store.tables import room, site

_after = bindparam("after", type_=Uuid)
_limit = bindparam("limit", type_=Integer)
_site = select(site.c.id, site.c.name, site.c.zone, site.c.state)
_room = select(room.c.id, room.c.site_id, room.c.name)
_FIND_SITE = statement(_site.where(site.c.id == bindparam("id")))
_SHARE_SITE = statement(_site.where(site.c.id == bindparam("id")).with_for_update(read=True))
_LOCK_SITE = statement(_site.where(site.c.id == bindparam("id")).with_for_update())
_SITE_OF = Statement(
    "SELECT id AS site_id FROM site WHERE $1::text = 'site' AND id = $2::uuid "
    "UNION ALL SELECT site_id FROM room WHERE $1::text = 'room' AND id = $2::uuid "
    "UNION ALL SELECT site_id FROM equipment WHERE $1::text = 'equipment' AND id = $2::uuid",
    ("kind", "id"),
    {},
)
_FIND_ROOM = statement(
    _room.where(room.c.id == bindparam("id"), room.c.site_id == bindparam("site_id"))
)
_PAGE_SITES = statement(
    _site.where(or_(_after.is_(None), site.c.id > _after)).order_by(site.c.id).limit(_limit)
)
_PAGE_ROOMS = statement(
    _room.where(room.c.site_id == bindparam("site_id"), or_(_after.is_(None), room.c.id > _after))
    .order_by(room.c.id)
    .limit(_limit)
)


def add(tx: Transaction, added: Site) -> None:
    """Keep a new site."""
    tx.insert(
        site,
        id=added.id,
        network_id=tx.network,
        name=added.name,
        zone=added.zone,
        state=added.state,
        added_at=tx.now,
    )


def add_room(tx: Transaction, added: Room) -> None:
    """Keep a new room."""
    tx.insert(
        room,
        id=added.id,
        network_id=tx.network,
        site_id=added.site_id,
        name=added.name,
        added_at=tx.now,
    )


async def find(tx: Transaction, site_id: UUID) -> Site:
    """A site. Raises SiteNotFound."""
    return _only(await tx.fetch_one(_FIND_SITE, id=site_id))


async def share(tx: Transaction, site_id: UUID) -> Site:
    """A site that nobody closes until the commit. Raises SiteNotFound."""
    return _only(await tx.fetch_one(_SHARE_SITE, id=site_id))


async def lock(tx: Transaction, site_id: UUID) -> Site:
    """A site at which nobody books until the commit. Raises SiteNotFound."""
    return _only(await tx.fetch_one(_LOCK_SITE, id=site_id))


def _only(row: Record | None) -> Site:
    if row is None:
        raise SiteNotFound
    return Site(**row)


async def find_room(tx: Transaction, room_id: UUID, *, site_id: UUID) -> Room:
    """A room of that site. Raises RoomNotFound, for another site's room as well."""
    row = await tx.fetch_one(_FIND_ROOM, id=room_id, site_id=site_id)
    if row is None:
        raise RoomNotFound
    return Room(**row)


async def site_of(tx: Transaction, kind: ResourceKind, resource_id: UUID) -> UUID:
    """The site of a site, a room or a piece of equipment. Raises ResourceNotFound."""
    row = await tx.fetch_one(_SITE_OF, kind=kind.value, id=resource_id)
    if row is None:
        raise ResourceNotFound
    found: UUID = row["site_id"]
    return found


async def page(tx: Transaction, *, after: UUID | None, limit: int) -> list[Site]:
    """Sites in the order they were added."""
    return [Site(**row) for row in await tx.fetch(_PAGE_SITES, after=after, limit=limit)]


async def page_rooms(
    tx: Transaction, site_id: UUID, *, after: UUID | None, limit: int
) -> list[Room]:
    """Rooms of a site in the order they were added."""
    rows = await tx.fetch(_PAGE_ROOMS, site_id=site_id, after=after, limit=limit)
    return [Room(**row) for row in rows]
