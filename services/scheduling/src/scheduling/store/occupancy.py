"""What is taken when. The database alone decides: an exclusion constraint lets one booking win."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.domain.claims import Claim

# The function of migration 0004: claims in one order, each ON CONFLICT DO NOTHING.
_TAKE = Statement(
    "SELECT occupy($1::uuid, $2::uuid, $3::uuid, $4::timestamptz, $5::timestamptz, $6::text[], "
    "$7::uuid[], $8::timestamptz[], $9::timestamptz[], $10::integer[]) AS lost",
    (
        "network_id",
        "visit_id",
        "hold_id",
        "expires_at",
        "at",
        "kinds",
        "ids",
        "starts",
        "ends",
        "lanes",
    ),
    {},
)
_TAKE_ALL = Statement(
    "SELECT occupy_visits($1::uuid, $2::timestamptz, $3::uuid[], $4::text[], $5::uuid[], "
    "$6::timestamptz[], $7::timestamptz[], $8::integer[]) AS lost",
    ("network_id", "at", "visits", "kinds", "ids", "starts", "ends", "lanes"),
    {},
)
_RELEASE_HOLD = Statement(
    "UPDATE occupancy SET lanes = 'empty' WHERE hold_id = $1::uuid", ("hold_id",), {}
)
_HOLDS = Statement(
    "SELECT EXISTS (SELECT FROM occupancy WHERE visit_id = $1 AND NOT isempty(lanes)) AS any",
    ("visit_id",),
    {},
)
_FORGET = Statement(
    "UPDATE overbooking SET ended_at = $2 WHERE visit_id = $1::uuid AND ended_at IS NULL",
    ("visit_id", "at"),
    {},
)
_HAND_OVER = Statement(
    "UPDATE occupancy SET visit_id = $1::uuid, hold_id = NULL, expires_at = NULL "
    "WHERE hold_id = $2::uuid AND NOT isempty(lanes)",
    ("visit_id", "hold_id"),
    {},
)
# Around what others have: the rest is taken as ever, what overlaps is written down with a reason.
_OVERBOOK = Statement(
    """
    WITH wanted AS (
      SELECT kind, id, tstzrange(since, till) AS during
      FROM unnest($3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
        AS w(kind, id, since, till)),
    others AS (
      SELECT w.kind, w.id, w.during, range_agg(o.during) AS busy
      FROM wanted w JOIN occupancy o ON o.network_id = $1 AND o.resource_kind = w.kind
        AND o.resource_id = w.id AND o.during && w.during AND NOT isempty(o.lanes)
      GROUP BY w.kind, w.id, w.during),
    rest AS (
      INSERT INTO occupancy (network_id, resource_kind, resource_id, during, visit_id)
      SELECT $1, kind, id, free, $2
      FROM others, unnest(tstzmultirange(during) - busy) AS free
      ORDER BY kind, id ON CONFLICT DO NOTHING)
    INSERT INTO overbooking (network_id, visit_id, resource_kind, resource_id, during, reason,
      authorised_by, authorised_at)
    SELECT $1, $2, kind, id, over, $7, $8, $9
    FROM others, unnest(tstzmultirange(during) * busy) AS over
    """,
    (
        "network_id",
        "visit_id",
        "kinds",
        "ids",
        "starts",
        "ends",
        "reason",
        "by",
        "at",
    ),
    {},
)
# What was booked over a visit that goes away takes its place, so that nobody else comes between.
_PROMOTE = Statement(
    """
    WITH moved AS (
      UPDATE overbooking b SET ended_at = $3 FROM occupancy o
      WHERE o.visit_id = $2 AND NOT isempty(o.lanes) AND b.ended_at IS NULL
        AND b.network_id = $1 AND b.resource_kind = o.resource_kind
        AND b.resource_id = o.resource_id AND b.during && o.during
      RETURNING b.visit_id, b.resource_kind, b.resource_id, b.during),
    gone AS (UPDATE occupancy SET lanes = 'empty' WHERE visit_id = $2 AND NOT isempty(lanes))
    SELECT visit_id, resource_kind, resource_id, lower(during) AS starts_at,
      upper(during) AS ends_at FROM moved ORDER BY resource_kind, resource_id
    """,
    ("network_id", "visit_id", "at"),
    {},
)


async def take(
    tx: Transaction,
    claims: list[Claim],
    *,
    visit_id: UUID | None = None,
    hold_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> list[Claim]:
    """Occupy all of it for a visit or a hold that is in the database.

    Returns what others have taken. What an expired hold still occupies counts as free.
    """
    rows = await tx.fetch(
        _TAKE,
        network_id=tx.network,
        visit_id=visit_id,
        hold_id=hold_id,
        expires_at=expires_at,
        at=tx.now,
        kinds=[one.kind for one in claims],
        ids=[one.id for one in claims],
        starts=[one.starts_at for one in claims],
        ends=[one.ends_at for one in claims],
        lanes=[one.lanes for one in claims],
    )
    return [claims[row["lost"] - 1] for row in rows]


async def take_all(tx: Transaction, claims: list[tuple[UUID, Claim]]) -> set[UUID]:
    """Occupy the claims of several visits. Returns the visits that lost something to others."""
    rows = await tx.fetch(
        _TAKE_ALL,
        network_id=tx.network,
        at=tx.now,
        visits=[visit_id for visit_id, _ in claims],
        kinds=[one.kind for _, one in claims],
        ids=[one.id for _, one in claims],
        starts=[one.starts_at for _, one in claims],
        ends=[one.ends_at for _, one in claims],
        lanes=[one.lanes for _, one in claims],
    )
    return {claims[row["lost"] - 1][0] for row in rows}


async def has_any(tx: Transaction, visit_id: UUID) -> bool:
    """Whether a visit occupies anything, or has given its slot away."""
    row = await tx.fetch_one(_HOLDS, visit_id=visit_id)
    assert row is not None
    return bool(row["any"])


async def overbook(
    tx: Transaction, visit_id: UUID, taken: list[Claim], *, reason: str, by: UUID
) -> None:
    """Put a visit over what others have, for a reason and by somebody's decision."""
    await tx.execute(
        _OVERBOOK,
        network_id=tx.network,
        visit_id=visit_id,
        kinds=[one.kind for one in taken],
        ids=[one.id for one in taken],
        starts=[one.starts_at for one in taken],
        ends=[one.ends_at for one in taken],
        reason=reason,
        by=by,
        at=tx.now,
    )


async def release(tx: Transaction, visit_id: UUID) -> None:
    """Free what a visit occupies; who was booked over it takes its place."""
    for row in await tx.fetch(_PROMOTE, network_id=tx.network, visit_id=visit_id, at=tx.now):
        claim = Claim(
            kind=row["resource_kind"],
            id=row["resource_id"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        )
        await take(tx, [claim], visit_id=row["visit_id"])
    await tx.execute(_FORGET, visit_id=visit_id, at=tx.now)


async def release_hold(tx: Transaction, hold_id: UUID) -> None:
    """Free what a hold occupies."""
    await tx.execute(_RELEASE_HOLD, hold_id=hold_id)


async def hand_over(tx: Transaction, hold_id: UUID, visit_id: UUID) -> bool:
    """Give what a hold occupies to its visit, without a moment between. False if it is gone."""
    return await tx.execute(_HAND_OVER, visit_id=visit_id, hold_id=hold_id) > 0
