"""The tables with which a service accounts for access, in every service's database.

`TRUST_V1_SQL` is a frozen migration; a change is a new constant and a new migration.

The workers which seal the audit trail and wrap keys anew serve every network. They see rows past
the network's policy only within a transaction that says so by a setting of its own, and so fail
closed like everybody else: whoever forgets it sees nothing.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kairos_chassis.tables import platform, tenant_sql

CHAIN_READER: Final = "current_setting('kairos.audit_reader', true) = 'chain'"
KEY_ROTATION: Final = "current_setting('kairos.key_rotation', true) = 'on'"

# Ids and hashes only, of the entries of every network.
audit_checkpoint = Table(
    "audit_checkpoint",
    platform,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("format", SmallInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("ids", ARRAY(BigInteger), nullable=False),
    Column("leaves", LargeBinary, nullable=False),  # 32 bytes for each of `ids`
    Column("root", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
)

# Ids and instants only; read by every process of the service for all networks.
access_cut = Table(
    "access_cut",
    platform,
    Column("network_id", Uuid, primary_key=True),
    Column("subject", Uuid, primary_key=True),
    Column("issued_before", DateTime(timezone=True), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("cut_by", Uuid, nullable=False),
)

break_glass = Table(
    "break_glass",
    platform,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

break_glass_review = Table(
    "break_glass_review",
    platform,
    Column("break_glass_id", Uuid, ForeignKey("break_glass.id"), primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("reviewer", Uuid, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reviewed_at", DateTime(timezone=True), nullable=False),
)

# A patient's key for one purpose, wrapped by a key that is not in the database.
patient_key = Table(
    "patient_key",
    platform,
    Column("network_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("wrapped_by", Text, nullable=False),
    Column("wrapped", LargeBinary),  # null once the key is destroyed
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("destroyed_at", DateTime(timezone=True)),
)

# Whether a partner's signed assertion was seen before.
used_assertion = Table(
    "used_assertion",
    platform,
    Column("client_id", Text, primary_key=True),
    Column("jti", Text, primary_key=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

# A partner's token: kept as a hash, good for minutes.
partner_token = Table(
    "partner_token",
    platform,
    Column("digest", LargeBinary, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

# Who cares for a patient, as the patient's team was last named.
care_team = Table(
    "care_team",
    platform,
    Column("network_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("members", ARRAY(Uuid), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

TRUST_V1_SQL: Final = f"""
CREATE TABLE audit_checkpoint (
  number bigint PRIMARY KEY, format smallint NOT NULL, last_id bigint NOT NULL,
  ids bigint[] NOT NULL, leaves bytea NOT NULL, root bytea NOT NULL, previous bytea NOT NULL,
  hash bytea NOT NULL, sealed_at timestamptz NOT NULL,
  CHECK (octet_length(leaves) = 32 * cardinality(ids)));
GRANT SELECT, INSERT ON audit_checkpoint TO {{runtime}};
CREATE POLICY chain_read ON audit_entry FOR SELECT USING ({CHAIN_READER});

CREATE TABLE access_cut (
  network_id uuid NOT NULL, subject uuid NOT NULL, issued_before timestamptz NOT NULL,
  reason text NOT NULL, cut_by uuid NOT NULL, PRIMARY KEY (network_id, subject, issued_before));
GRANT SELECT, INSERT ON access_cut TO {{runtime}};

CREATE TABLE break_glass (
  id uuid PRIMARY KEY, network_id uuid NOT NULL, subject uuid NOT NULL, roles text[] NOT NULL,
  patient_id uuid NOT NULL, reason text NOT NULL, opened_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL, CHECK (expires_at > opened_at));
CREATE INDEX break_glass_opened_at ON break_glass (network_id, opened_at);

CREATE TABLE break_glass_review (
  break_glass_id uuid PRIMARY KEY REFERENCES break_glass, network_id uuid NOT NULL,
  reviewer uuid NOT NULL, outcome text NOT NULL, reviewed_at timestamptz NOT NULL);

CREATE TABLE patient_key (
  network_id uuid NOT NULL, patient_id uuid NOT NULL, purpose text NOT NULL,
  wrapped_by text NOT NULL, wrapped bytea, made_at timestamptz NOT NULL, destroyed_at timestamptz,
  PRIMARY KEY (network_id, patient_id, purpose),
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)));
CREATE INDEX patient_key_wrapped_by ON patient_key (wrapped_by) WHERE wrapped IS NOT NULL;
CREATE POLICY rotation ON patient_key USING ({KEY_ROTATION}) WITH CHECK ({KEY_ROTATION});

CREATE TABLE used_assertion (
  client_id text NOT NULL, jti text NOT NULL, expires_at timestamptz NOT NULL,
  PRIMARY KEY (client_id, jti));
CREATE INDEX used_assertion_expires_at ON used_assertion (expires_at);
GRANT SELECT, INSERT, DELETE ON used_assertion TO {{runtime}};
"""


def trust_sql(runtime: str) -> str:
    """All of it, for a runtime role whose name is quoted."""
    return "\n".join(
        (
            TRUST_V1_SQL.replace("{runtime}", runtime),
            tenant_sql(["break_glass", "break_glass_review"], runtime),
            tenant_sql(["patient_key"], runtime, "SELECT, INSERT, UPDATE"),
        )
    )


TRUST_V2_SQL: Final = """
CREATE TABLE partner_token (
  digest bytea PRIMARY KEY, network_id uuid NOT NULL, client_id text NOT NULL,
  scopes text[] NOT NULL, issued_at timestamptz NOT NULL, expires_at timestamptz NOT NULL);
CREATE INDEX partner_token_expires_at ON partner_token (expires_at);

CREATE TABLE care_team (
  network_id uuid NOT NULL, patient_id uuid NOT NULL, version bigint NOT NULL,
  members uuid[] NOT NULL, changed_at timestamptz NOT NULL, PRIMARY KEY (network_id, patient_id));
"""


def trust_v2_sql(runtime: str) -> str:
    """What partners' tokens and care teams need, for a runtime role whose name is quoted."""
    return "\n".join(
        (
            TRUST_V2_SQL,
            tenant_sql(["partner_token"], runtime, "SELECT, INSERT"),
            tenant_sql(["care_team"], runtime, "SELECT, INSERT, UPDATE"),
        )
    )


# Who deletes names no time: the policies say what is old enough, in whatever network, and that
# nothing younger goes. Thirty days: `data/retention_v1.toml`, idempotency_key.
TRUST_V3_SQL: Final = """
GRANT DELETE ON idempotency_key TO {runtime};
CREATE POLICY outlived ON idempotency_key FOR DELETE
  USING (created_at < now() - interval '30 days');
CREATE POLICY never_younger ON idempotency_key AS RESTRICTIVE FOR DELETE
  USING (created_at < now() - interval '30 days');
GRANT DELETE ON partner_token TO {runtime};
CREATE POLICY outlived ON partner_token FOR DELETE
  USING (expires_at < now() - interval '1 day');
CREATE POLICY never_younger ON partner_token AS RESTRICTIVE FOR DELETE
  USING (expires_at < now() - interval '1 day');
"""


def trust_v3_sql(runtime: str) -> str:
    """What lets old answers and ended tokens go, for a runtime role whose name is quoted."""
    return TRUST_V3_SQL.replace("{runtime}", runtime)
