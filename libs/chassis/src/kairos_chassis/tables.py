"""The tables the chassis keeps in every service's database, beside the service's own.

Row-level security holds every table that carries a network: without the setting
`kairos.network` no row is seen and none can be written.
"""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kairos_chassis.word_types import WordsAnswer

CURRENT_NETWORK = "nullif(current_setting('kairos.network', true), '')::uuid"

platform = MetaData()

idempotency_key = Table(
    "idempotency_key",
    platform,
    Column("network_id", Uuid, primary_key=True),
    Column("subject", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_sha256", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("etag", Text),
    Column("location", Text),
    Column("body", WordsAnswer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

audit_entry = Table(
    "audit_entry",
    platform,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("network_id", Uuid),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Uuid),
    Column("actor_roles", ARRAY(Text), nullable=False),
    Column("acting_for", Uuid),
    Column("action", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("patient_id", Uuid),
    Column("resource", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("request_id", Uuid, nullable=False),
    Column("source_address", Text),
)

# Ids, codes and numbers only, and read by workers which serve every network of the service: like
# the bus's tables, and unlike all others, it carries no row-level security.
timer = Table(
    "timer",
    platform,
    Column("network_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject_id", Uuid, primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("try_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("patient_id", Uuid),
    Column("data", JSONB, nullable=False),
)

TIMERS_V1_SQL = """
CREATE TABLE timer (
  network_id uuid NOT NULL, kind text NOT NULL, subject_id uuid NOT NULL,
  due_at timestamptz NOT NULL, try_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0, patient_id uuid, data jsonb NOT NULL,
  PRIMARY KEY (network_id, kind, subject_id));
CREATE INDEX timer_try_at ON timer (try_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON timer TO {runtime};
"""

PLATFORM_V1_SQL = f"""
CREATE TABLE idempotency_key (
  network_id uuid NOT NULL, subject uuid NOT NULL, key text NOT NULL,
  request_sha256 bytea NOT NULL, status smallint NOT NULL, etag text, location text,
  body bytea NOT NULL, created_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, subject, key));
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY network ON idempotency_key
  USING (network_id = {CURRENT_NETWORK}) WITH CHECK (network_id = {CURRENT_NETWORK});
GRANT SELECT, INSERT ON idempotency_key TO {{runtime}};

CREATE TABLE audit_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, network_id uuid, at timestamptz NOT NULL,
  actor uuid, actor_roles text[] NOT NULL, acting_for uuid, action text NOT NULL,
  purpose text NOT NULL, patient_id uuid, resource text NOT NULL, outcome text NOT NULL,
  reason text, request_id uuid NOT NULL, source_address text);
CREATE INDEX audit_entry_patient ON audit_entry (network_id, patient_id, at);
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY network_read ON audit_entry FOR SELECT
  USING (network_id IS NOT DISTINCT FROM {CURRENT_NETWORK});
CREATE POLICY network_append ON audit_entry FOR INSERT
  WITH CHECK (network_id IS NOT DISTINCT FROM {CURRENT_NETWORK});
GRANT SELECT, INSERT ON audit_entry TO {{runtime}};
"""  # noqa: S608 - our own SQL


def tenant_sql(tables: Sequence[str], runtime: str, rights: str = "SELECT, INSERT") -> str:
    """Row-level security and rights for a service's own tables, for use in a migration.

    `rights` is what the runtime role may do; clinical tables get no UPDATE or DELETE unless
    the table is a current-state row that its history can rebuild.
    """
    return "\n".join(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY network ON {table}
          USING (network_id = {CURRENT_NETWORK}) WITH CHECK (network_id = {CURRENT_NETWORK});
        GRANT {rights} ON {table} TO {runtime};
        """
        for table in tables
    )


def site_sql(table: str, *columns: str) -> str:
    """Row-level security by site: who works at some sites sees and writes rows of these alone.

    Restrictive, beside that of the network. Workers, and people of every site, set no sites.
    """
    asked = "nullif(current_setting('kairos.sites', true), '')"
    listed = f"string_to_array((SELECT {asked}), ',')::uuid[]"
    theirs = " OR ".join(f"{column} = ANY({listed})" for column in columns)
    rule = f"(SELECT {asked}) IS NULL OR {theirs}"
    return f"CREATE POLICY site ON {table} AS RESTRICTIVE USING ({rule}) WITH CHECK ({rule});"
