"""Weekly hours, closures and equipment, at rest."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime

from scheduling.domain.opening import Closure, ResourceKind, Span, WeeklyHours
from scheduling.domain.site import Equipment
from scheduling.store.tables import closure, equipment, weekly_hours

_HOURS = statement(
    select(weekly_hours)
    .where(
        weekly_hours.c.site_id == any_(bindparam("site_ids", type_=ARRAY(Uuid))),
        or_(
            weekly_hours.c.practitioner_id.is_(None),
            weekly_hours.c.practitioner_id == any_(bindparam("people", type_=ARRAY(Uuid))),
        ),
    )
    .order_by(weekly_hours.c.weekday, weekly_hours.c.opens_at)
)
_END_HOURS = Statement(
    "UPDATE weekly_hours SET valid_until = greatest($3::date, valid_from) - 1 "
    "WHERE site_id = $1 AND practitioner_id IS NOT DISTINCT FROM $2::uuid "
    "AND coalesce(valid_until >= $3::date, true)",
    ("site_id", "practitioner_id", "day"),
    {},
)
_CLOSURES = statement(
    select(closure)
    .where(
        closure.c.resource_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        closure.c.ends_at > bindparam("since", type_=DateTime(timezone=True)),
        closure.c.starts_at < bindparam("until", type_=DateTime(timezone=True)),
    )
    .order_by(closure.c.starts_at)
)
_EQUIPMENT = statement(
    select(equipment.c.id, equipment.c.site_id, equipment.c.kind, equipment.c.name)
    .where(equipment.c.site_id == any_(bindparam("site_ids", type_=ARRAY(Uuid))))
    .order_by(equipment.c.id)
)


async def hours(
    tx: Transaction, site_ids: Iterable[UUID], people: Iterable[UUID]
) -> list[WeeklyHours]:
    """The weekly hours of sites, and of those people at them."""
    rows = await tx.fetch(_HOURS, site_ids=list(site_ids), people=list(people))
    return [_hours(row) for row in rows]


async def replace_hours(
    tx: Transaction,
    site_id: UUID,
    practitioner_id: UUID | None,
    *,
    since: date,
    weekly: Iterable[WeeklyHours],
) -> None:
    """From that day on these hours hold, and the ones before end."""
    await tx.execute(_END_HOURS, site_id=site_id, practitioner_id=practitioner_id, day=since)
    for one in weekly:
        tx.insert(
            weekly_hours,
            id=uuid7(),
            network_id=tx.network,
            site_id=site_id,
            practitioner_id=practitioner_id,
            weekday=one.weekday,
            opens_at=one.opens_at,
            closes_at=one.closes_at,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            added_at=tx.now,
        )


async def closures(tx: Transaction, ids: Iterable[UUID], window: Span) -> list[Closure]:
    """What closes any of these sites, rooms, pieces or people within a window."""
    rows = await tx.fetch(_CLOSURES, ids=list(ids), since=window.starts_at, until=window.ends_at)
    return [
        Closure(
            id=row["id"],
            kind=ResourceKind(row["resource_kind"]),
            resource_id=row["resource_id"],
            span=Span(row["starts_at"], row["ends_at"]),
            reason=row["reason"],
        )
        for row in rows
    ]


def add_closure(tx: Transaction, added: Closure, *, by: UUID) -> None:
    """Keep a closure."""
    tx.insert(
        closure,
        id=added.id,
        network_id=tx.network,
        resource_kind=added.kind,
        resource_id=added.resource_id,
        starts_at=added.span.starts_at,
        ends_at=added.span.ends_at,
        reason=added.reason,
        added_by=by,
        added_at=tx.now,
    )


def add_equipment(tx: Transaction, added: Equipment) -> None:
    """Keep a piece of equipment."""
    tx.insert(
        equipment,
        id=added.id,
        network_id=tx.network,
        site_id=added.site_id,
        kind=added.kind,
        name=added.name,
        added_at=tx.now,
    )


async def equipment_at(tx: Transaction, site_ids: Iterable[UUID]) -> list[Equipment]:
    """The equipment of sites."""
    return [Equipment(**row) for row in await tx.fetch(_EQUIPMENT, site_ids=list(site_ids))]


def _hours(row: Record) -> WeeklyHours:
    return WeeklyHours(**{name: row[name] for name in WeeklyHours.__slots__})
