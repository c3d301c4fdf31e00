"""Broken visits and who owns them, at rest."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import Integer, Uuid, bindparam, or_, select, tuple_
from sqlalchemy.types import DateTime

from scheduling.domain.opening import ResourceKind
from scheduling.domain.replanning import ReplanTask
from scheduling.store.tables import replan_task

_BROKEN = Statement(
    """
    SELECT v.id FROM visit v
    WHERE v.state IN ('booked', 'held') AND v.ends_at > $1::timestamptz
      AND v.starts_at < coalesce($2::timestamptz, 'infinity') AND CASE $3::text
        WHEN 'site' THEN v.site_id = $4::uuid
        WHEN 'room' THEN v.room_id = $4::uuid
        WHEN 'equipment' THEN $4::uuid = ANY(v.equipment_ids)
        ELSE EXISTS (SELECT FROM visit_staff s
          WHERE s.visit_id = v.id AND s.practitioner_id = $4::uuid) END
    ORDER BY v.id
    """,
    ("since", "until", "kind", "resource_id"),
    {},
)
_RESOLVE = Statement(
    "UPDATE replan_task SET resolution = $2, resolved_by = $3::uuid, resolved_at = $4 "
    "WHERE visit_id = $1::uuid AND resolved_at IS NULL",
    ("visit_id", "resolution", "by", "at"),
    {},
)
_RESOLVE_BECAUSE = Statement(
    "UPDATE replan_task SET resolution = $3, resolved_at = $4 "
    "WHERE visit_id = $1::uuid AND reason = $2 AND resolved_at IS NULL",
    ("visit_id", "reason", "resolution", "at"),
    {},
)
_OPEN = Statement(
    "SELECT EXISTS (SELECT FROM replan_task WHERE visit_id = $1::uuid AND resolved_at IS NULL) "
    "AS there",
    ("visit_id",),
    {},
)
_site_id = bindparam("site_id", type_=Uuid)
_owner_id = bindparam("owner_id", type_=Uuid)
_after_at = bindparam("after_at", type_=DateTime(timezone=True))
_PAGE = statement(
    select(replan_task)
    .where(
        replan_task.c.resolved_at.is_(None),
        or_(_site_id.is_(None), replan_task.c.site_id == _site_id),
        or_(_owner_id.is_(None), replan_task.c.owner_id == _owner_id),
        or_(
            _after_at.is_(None),
            tuple_(replan_task.c.opened_at, replan_task.c.id)
            > tuple_(_after_at, bindparam("after_id", type_=Uuid)),
        ),
    )
    .order_by(replan_task.c.opened_at, replan_task.c.id)
    .limit(bindparam("limit", type_=Integer))
)


async def broken_by(
    tx: Transaction,
    kind: ResourceKind,
    resource_id: UUID,
    *,
    since: datetime,
    until: datetime | None,
) -> list[UUID]:
    """The visits to come that need it at some time from `since` until before `until`."""
    rows = await tx.fetch(_BROKEN, since=since, until=until, kind=kind, resource_id=resource_id)
    return [row["id"] for row in rows]


async def add(tx: Transaction, opened: ReplanTask) -> None:
    """Keep a broken visit, unless it is known already."""
    row = await tx.fetch_one(_OPEN, visit_id=opened.visit_id)
    assert row is not None
    if not row["there"]:
        values = {name: getattr(opened, name) for name in ReplanTask.__slots__}
        tx.insert(replan_task, network_id=tx.network, **values)


async def resolve(tx: Transaction, visit_id: UUID, resolution: str, *, by: UUID | None) -> None:
    """The visit is seen to, however that was done."""
    await tx.execute(_RESOLVE, visit_id=visit_id, resolution=resolution, by=by, at=tx.now)


async def resolve_because(tx: Transaction, visit_id: UUID, reason: str, *, resolution: str) -> None:
    """What made it broken is no more; another reason stays."""
    await tx.execute(
        _RESOLVE_BECAUSE, visit_id=visit_id, reason=reason, resolution=resolution, at=tx.now
    )


async def page(
    tx: Transaction,
    *,
    site_id: UUID | None,
    owner_id: UUID | None,
    after: list[str] | None,
    limit: int,
) -> list[ReplanTask]:
    """Broken visits nobody has seen to, the longest open first."""
    rows = await tx.fetch(
        _PAGE,
        site_id=site_id,
        owner_id=owner_id,
        after_at=None if after is None else datetime.fromisoformat(after[0]),
        after_id=None if after is None else UUID(after[1]),
        limit=limit,
    )
    return [ReplanTask(**{name: row[name] for name in ReplanTask.__slots__}) for row in rows]
