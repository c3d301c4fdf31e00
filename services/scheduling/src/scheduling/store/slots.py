"""Free slots: what is open less what is taken, for all needs of a visit at once.

Everything is a multirange of the starts a resource allows: its open times less its occupancy, each
gap shortened by the length of the visit. The starts of a need are the union over its resources, the
starts of a site the intersection over its needs, so no combination is ever tried out. Occupancy
is looked at once per resource and window, by its start: row-level security keeps PostgreSQL from
using the index of ranges (see migration 0009), and a join would read the whole table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.domain.opening import Span
from scheduling.domain.roster import Offer

_FIND = Statement(
    """
    WITH offer AS (
      SELECT site_id, need, kind, id, lane, tstzmultirange(VARIADIC array_agg(
        tstzrange(since, till))) AS open
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::int[],
        $6::timestamptz[], $7::timestamptz[]) AS o(site_id, need, kind, id, lane, since, till)
      GROUP BY site_id, need, kind, id, lane),
    busy AS MATERIALIZED (
      SELECT o.kind, o.id, o.lane, (
        SELECT range_agg(b.during) FROM occupancy b
        WHERE b.network_id = $8::uuid AND b.resource_kind = o.kind AND b.resource_id = o.id
          AND b.starts_at < $10::timestamptz
          AND b.starts_at > $9::timestamptz - interval '8 days'
          AND b.during && tstzrange($9::timestamptz, $10::timestamptz)
          AND (CASE WHEN o.lane = 0 THEN NOT isempty(b.lanes) ELSE b.lanes @> o.lane END)
          AND (b.expires_at IS NULL OR b.expires_at > $11::timestamptz)
          AND (b.visit_id IS NULL OR b.visit_id <> ALL($12::uuid[]))) AS taken
      FROM (SELECT DISTINCT kind, id, lane FROM offer) o),
    start AS MATERIALIZED (
      SELECT site_id, need, id, range_agg(tstzrange(lower(gap) + before,
        upper(gap) - $13::interval - after, '[]')) AS starts
      FROM offer LEFT JOIN busy USING (kind, id, lane),
        LATERAL (SELECT CASE kind WHEN 'room' THEN $14::interval ELSE interval '0' END AS before,
          CASE kind WHEN 'room' THEN $15::interval ELSE interval '0' END AS after) AS buffer,
        LATERAL unnest(open - coalesce(taken, '{}')) AS gap
      WHERE upper(gap) - lower(gap) >= $13::interval + before + after
      GROUP BY site_id, need, id),
    patient AS (
      SELECT tstzmultirange(tstzrange($9::timestamptz, $10::timestamptz)) - coalesce(range_agg(
        tstzrange(lower(during) - CASE resource_kind WHEN 'patient' THEN $13::interval
          ELSE $21::interval END, upper(during), '()')), '{}') AS starts
      FROM occupancy
      WHERE network_id = $8::uuid AND resource_id = $16::uuid AND NOT isempty(lanes)
        AND resource_kind = ANY(CASE WHEN $21::interval > interval '0'
          THEN '{patient,dosing_interval}'::text[] ELSE '{patient}'::text[] END)
        AND starts_at > $9::timestamptz - $21::interval - interval '8 days'
        AND starts_at < $10::timestamptz + $21::interval
        AND during && tstzrange($9::timestamptz - $21::interval, $10::timestamptz + $21::interval)
        AND (expires_at IS NULL OR expires_at > $11::timestamptz)
        AND (visit_id IS NULL OR visit_id <> ALL($12::uuid[]))),
    possible AS (
      SELECT starts - coalesce((SELECT range_agg(tstzrange(since, till))
        FROM unnest($22::timestamptz[], $23::timestamptz[]) AS b(since, till)), '{}') AS starts
      FROM patient),
    whole AS (
      SELECT site_id, range_intersect_agg(starts) AS starts
      FROM (SELECT site_id, need, range_agg(one) AS starts
        FROM start, unnest(starts) AS one GROUP BY site_id, need) AS by_need
      GROUP BY site_id HAVING count(*) = $17::bigint),
    slot AS (
      SELECT w.site_id, at
      FROM whole w, possible p, unnest(w.starts * p.starts) AS one,
        generate_series(date_bin($18::interval,
          lower(one) + $18::interval - interval '1 microsecond', timestamptz '2000-01-01 00:00+00'),
          upper(one), $18::interval) AS at
      WHERE at >= $20::timestamptz AND one @> at
      ORDER BY at, w.site_id LIMIT $19::bigint)
    SELECT slot.site_id, slot.at, s.need, array_agg(s.id ORDER BY s.id) AS ids
    FROM slot JOIN start s ON s.site_id = slot.site_id AND s.starts @> slot.at
    GROUP BY slot.at, slot.site_id, s.need ORDER BY slot.at, slot.site_id, s.need
    """,
    (
        "sites",
        "needs",
        "kinds",
        "ids",
        "lanes",
        "starts",
        "ends",
        "network_id",
        "since",
        "until",
        "now",
        "ignored",
        "duration",
        "before",
        "after",
        "patient_id",
        "need_count",
        "step",
        "limit",
        "first",
        "interval",
        "blocked_from",
        "blocked_until",
    ),
    {},
)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotQuery:
    """The shape of the visit and the bounds of the search."""

    window: Span  # what is looked at
    first: datetime  # no start before it
    duration: timedelta
    room_before: timedelta
    room_after: timedelta
    needs: int  # how many kinds of resources it takes
    patient_id: UUID | None
    interval: timedelta  # from a dosing visit's start to the patient's next one
    step: timedelta  # starts are multiples of it
    ignored: Sequence[UUID] = ()  # visits whose own slot counts as free
    blocked: Sequence[Span] = ()  # when no visit of the patient may begin
    limit: int = 20


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A start at a site, and who or what could serve each need from then on."""

    site_id: UUID
    starts_at: datetime
    choices: dict[str, list[UUID]]
    familiar: tuple[UUID, ...] = ()  # therapists among them whom the patient knows

    def for_patient(self, known: Sequence[UUID]) -> "FreeSlot":
        """The slot with those first whom a patient knows, the most familiar one before all."""
        place = {who: n for n, who in enumerate(known)}
        choices = {
            need: sorted(ids, key=lambda who: (place.get(who, len(place)), who))
            for need, ids in self.choices.items()
        }
        familiar = tuple(who for who in choices.get("therapist", ()) if who in place)
        return replace(self, choices=choices, familiar=familiar)


async def find(tx: Transaction, offers: Iterable[Offer], query: SlotQuery) -> list[FreeSlot]:
    """The first free slots of a window, in order of time."""
    given = list(offers)
    if not given:
        return []
    rows = await tx.fetch(
        _FIND,
        sites=[one.site_id for one in given],
        needs=[one.need for one in given],
        kinds=[one.kind for one in given],
        ids=[one.id for one in given],
        lanes=[one.lane for one in given],
        starts=[one.span.starts_at for one in given],
        ends=[one.span.ends_at for one in given],
        network_id=tx.network,
        since=query.window.starts_at,
        until=query.window.ends_at,
        now=tx.now,
        ignored=list(query.ignored),
        duration=query.duration,
        before=query.room_before,
        after=query.room_after,
        patient_id=query.patient_id or _NOBODY,
        need_count=query.needs,
        step=query.step,
        limit=query.limit,
        first=query.first,
        interval=query.interval,
        blocked_from=[one.starts_at for one in query.blocked],
        blocked_until=[one.ends_at for one in query.blocked],
    )
    found: dict[tuple[datetime, UUID], FreeSlot] = {}
    for row in rows:
        key = (row["at"], row["site_id"])
        slot = found.setdefault(key, FreeSlot(row["site_id"], row["at"], {}))
        slot.choices[row["need"]] = list(row["ids"])
    return list(found.values())
