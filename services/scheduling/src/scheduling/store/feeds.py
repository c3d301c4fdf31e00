"""Calendar feeds, at rest."""

from datetime import timedelta
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import bindparam, select

from scheduling.domain.calendar_feed import CalendarEntry, CalendarFeed, FeedKind
from scheduling.domain.resource_errors import ResourceNotFound
from scheduling.domain.visit import VisitState
from scheduling.store.tables import calendar_feed

_PAST, _AHEAD = timedelta(days=14), timedelta(days=180)
_BY_DIGEST = statement(select(calendar_feed).where(calendar_feed.c.digest == bindparam("digest")))
_BY_ID = statement(select(calendar_feed).where(calendar_feed.c.id == bindparam("id")))
_REVOKE = Statement("UPDATE calendar_feed SET revoked_at = $2 WHERE id = $1", ("id", "at"), {})
_ENTRIES = Statement(
    """
    SELECT v.id AS visit_id, v.version, v.visit_type, v.state, v.starts_at, v.ends_at,
      coalesce(v.ended_at, v.booked_at) AS changed_at,
      s.name || coalesce(', ' || r.name, '') AS place,
      CASE WHEN $5::boolean THEN (SELECT i.initials FROM patient_initials i
        WHERE i.patient_id = v.patient_id) END AS initials
    FROM visit v JOIN site s ON s.id = v.site_id LEFT JOIN room r ON r.id = v.room_id
    WHERE v.starts_at BETWEEN $3 AND $4 AND CASE $1::text
      WHEN 'patient' THEN v.patient_id IN (SELECT $2::uuid UNION ALL
        SELECT l.merged_patient_id FROM patient_link l
        WHERE l.surviving_patient_id = $2::uuid AND l.parted_at IS NULL)
      WHEN 'room' THEN v.room_id = $2::uuid
      ELSE EXISTS (SELECT FROM visit_staff p
        WHERE p.visit_id = v.id AND p.practitioner_id = $2::uuid) END
    ORDER BY v.starts_at, v.id LIMIT 2000
    """,
    ("kind", "subject_id", "since", "until", "initials"),
    {},
    opened=("initials",),
)

_SET_INITIALS = Statement(
    "INSERT INTO patient_initials (network_id, patient_id, initials, set_by, set_at) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (network_id, patient_id) DO UPDATE SET "
    "initials = excluded.initials, set_by = excluded.set_by, set_at = excluded.set_at",
    ("network_id", "patient_id", "initials", "by", "at"),
    {},
    sealed=(2,),
)


def add(tx: Transaction, made: CalendarFeed) -> None:
    """Keep a new feed."""
    values = {name: getattr(made, name) for name in CalendarFeed.__slots__}
    tx.insert(calendar_feed, network_id=tx.network, **values)


async def find(tx: Transaction, feed_id: UUID) -> CalendarFeed:
    """A feed. Raises ResourceNotFound."""
    row = await tx.fetch_one(_BY_ID, id=feed_id)
    if row is None:
        raise ResourceNotFound
    return _feed(row)


async def by_digest(tx: Transaction, digest: bytes) -> CalendarFeed | None:
    """The feed behind a token, if there is one."""
    row = await tx.fetch_one(_BY_DIGEST, digest=digest)
    return None if row is None else _feed(row)


async def revoke(tx: Transaction, feed: CalendarFeed) -> None:
    """Keep that a feed is closed."""
    await tx.execute(_REVOKE, id=feed.id, at=feed.revoked_at)


async def set_initials(
    tx: Transaction, patient_id: UUID, initials: str | None, *, by: UUID
) -> None:
    """Keep them; None takes them away."""
    tx.about(patient_id)
    await tx.execute(
        _SET_INITIALS,
        network_id=tx.network,
        patient_id=patient_id,
        initials=initials,
        by=by,
        at=tx.now,
    )


async def entries(tx: Transaction, feed: CalendarFeed, *, initials: bool) -> list[CalendarEntry]:
    """What a feed shows: two weeks back, half a year ahead. Initials only where they are asked."""
    rows = await tx.fetch(
        _ENTRIES,
        kind=feed.kind,
        subject_id=feed.subject_id,
        since=tx.now - _PAST,
        until=tx.now + _AHEAD,
        initials=initials,
    )
    return [CalendarEntry(**{**row, "state": VisitState(row["state"])}) for row in rows]


def _feed(row: Record) -> CalendarFeed:
    values = {name: row[name] for name in CalendarFeed.__slots__}
    return CalendarFeed(**{**values, "kind": FeedKind(row["kind"])})
