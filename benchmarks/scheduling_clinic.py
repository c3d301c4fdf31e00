"""A network for the scheduling benchmarks: ten sites, fifty rooms, forty people, a history."""

import hashlib
import uuid
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from kairos_chassis.clock import SystemClock
from kairos_chassis.db import Database
from kairos_chassis.testing.databases import ServiceDatabase

SITES, ROOMS, PEOPLE = 10, 5, 40

_FILL = r"""
INSERT INTO site (id, network_id, name, zone, state, added_at)
  SELECT md5('site' || n)::uuid, $1::uuid, 'Site ' || n, 'America/Denver', 'CO', now()
  FROM generate_series(0, 9) n;
INSERT INTO room (id, network_id, site_id, name, added_at)
  SELECT md5('room' || n)::uuid, $1::uuid, md5('site' || n / 5)::uuid, 'Room', now()
  FROM generate_series(0, 49) n;
INSERT INTO practitioner (network_id, id, display_name, roles, registered_at)
  SELECT $1::uuid, md5('person' || n)::uuid, 'Somebody',
    ARRAY[(ARRAY['prescriber', 'nurse', 'therapist', 'therapist'])[n % 4 + 1]], now()
  FROM generate_series(0, 39) n;
INSERT INTO credential (id, version, network_id, practitioner_id, kind, number, issuer, state,
    issued_on, expires_on, status, recorded_at)
  SELECT md5(kind || n)::uuid, 1, $1::uuid, md5('person' || n)::uuid, kind, '1', 'Board',
    CASE WHEN kind LIKE '%licence' OR kind LIKE 'dea%' THEN 'CO' END,
    date '2020-01-01', date '2060-01-01', 'active', now()
  FROM generate_series(0, 39) n, unnest(CASE n % 4
    WHEN 0 THEN ARRAY['medical_licence', 'dea_registration', 'npi', 'malpractice_insurance']
    WHEN 1 THEN ARRAY['nursing_licence', 'bls', 'acls']
    ELSE ARRAY['therapy_licence'] END) kind;
INSERT INTO weekly_hours (id, network_id, site_id, practitioner_id, weekday, opens_at, closes_at,
    valid_from, added_at)
  SELECT gen_random_uuid(), $1::uuid, md5('site' || s)::uuid, NULL, d, time '08:00', time '19:00',
    date '2020-01-01', now() FROM generate_series(0, 9) s, generate_series(1, 7) d
  UNION ALL
  SELECT gen_random_uuid(), $1::uuid, md5('site' || n / 4)::uuid, md5('person' || n)::uuid, d,
    time '08:00', time '19:00', date '2020-01-01', now()
  FROM generate_series(0, 39) n, generate_series(1, 7) d;
"""
# Three visits a day and site, one after the other, with the site's own team: 200 days to come, the
# rest is the past. Only in the evenings is something free, and in the next five days nothing is.
_HISTORY = """
INSERT INTO occupancy (network_id, resource_kind, resource_id, during, visit_id)
SELECT $1::uuid, kind, CASE kind WHEN 'patient' THEN md5(d || '/' || s || '/' || k)::uuid
    WHEN 'room' THEN md5('room' || s * 5 + k)::uuid
    ELSE md5('person' || s * 4 + replace(kind, 'practitioner', '')::int)::uuid END,
  tstzrange(start, start + interval '150 minutes'), NULL
FROM generate_series(200 - $2::int / 30, 199) d, generate_series(0, 9) s,
  generate_series(0, CASE WHEN d BETWEEN 0 AND 5 THEN 3 ELSE 2 END) k,
  unnest(ARRAY['patient', 'room', 'practitioner0', 'practitioner1', 'practitioner2']) kind,
  LATERAL (SELECT date_trunc('day', now()) + make_interval(days => d, hours => 15,
    mins => 150 * k) AS start) at
"""


@dataclass(frozen=True, slots=True)
class BenchClinic:
    """A filled database and a pool on it."""

    network: UUID
    db: Database
    database: ServiceDatabase

    def site(self, number: int) -> UUID:
        """One of the sites."""
        return _id(f"site{number}")

    def room(self, number: int) -> UUID:
        """One of the rooms; five of a kind belong to a site."""
        return _id(f"room{number}")

    def person(self, number: int) -> UUID:
        """One of the people: prescriber, nurse, therapist, therapist, of a site in turn."""
        return _id(f"person{number}")


def _id(words: str) -> UUID:
    return UUID(bytes=hashlib.md5(words.encode()).digest())


async def fill(database: ServiceDatabase, visits: int, *, pool: int = 4) -> BenchClinic:
    """A network with so many visits. Their index is built afterwards, as a bulk load would."""
    network = uuid.uuid4()
    admin = await asyncpg.connect(database.admin_url)
    try:
        for statement in _FILL.split(";\n"):
            if statement.strip():
                await admin.execute(statement, network)
        if visits:
            # The bare index stands in for the constraint: a check of a million rows takes minutes.
            await admin.execute(
                "ALTER TABLE occupancy DROP CONSTRAINT occupancy_free;"
                "ALTER TABLE occupancy DROP CONSTRAINT occupancy_owner;"
                "ALTER TABLE occupancy DROP CONSTRAINT occupancy_resource_kind_check;"
                "ALTER TABLE occupancy DISABLE TRIGGER monitor_ratio"
            )
            await admin.execute(_HISTORY, network, visits, timeout=600)
            await admin.execute(
                "UPDATE occupancy SET resource_kind = 'practitioner' "
                "WHERE resource_kind LIKE 'practitioner_'",
                timeout=600,
            )
            await admin.execute(
                "CREATE INDEX occupancy_free ON occupancy USING gist "
                "(network_id, resource_kind, resource_id, during, lanes)",
                timeout=900,
            )
        await admin.execute("ANALYZE")
    finally:
        await admin.close()
    db = await Database.connect(database.runtime_url, SystemClock(), size=pool, name="bench")
    return BenchClinic(network, db, database)
