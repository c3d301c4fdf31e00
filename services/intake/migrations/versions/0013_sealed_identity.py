"""Identities under their patients' keys, found by keyed hashes.

The release before goes on reading and writing clear columns: nothing is sealed until somebody says
that no process of it runs (`python -m intake identity seal`), except where nobody is registered.
"""

from kairos_chassis import migrations
from kairos_chassis.trust_tables import KEY_ROTATION

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLES)
    migrations.tenants("patient_token", "identifier_token", rights="SELECT, INSERT, DELETE")
    role = migrations.runtime_role()
    migrations.script(f"GRANT SELECT, INSERT, UPDATE ON identity_sealing TO {role};")
    # Who rotates keys sees whose rows are behind, as with the keys themselves.
    migrations.script(
        f"CREATE POLICY rotation ON patient FOR SELECT USING ({KEY_ROTATION});"
        f"GRANT UPDATE (sha256) ON fhir_import, fhir_resource TO {role};"
    )


_TABLES = """
ALTER TABLE patient
  ADD COLUMN identity jsonb,
  ADD COLUMN indexed_by text,
  ALTER COLUMN given_name DROP NOT NULL,
  ALTER COLUMN family_name DROP NOT NULL,
  ALTER COLUMN born_on DROP NOT NULL;
CREATE TABLE patient_token (
  network_id uuid NOT NULL,
  token bytea NOT NULL CHECK (octet_length(token) = 16),
  patient_id uuid NOT NULL REFERENCES patient (id),
  PRIMARY KEY (network_id, token, patient_id));
CREATE INDEX patient_token_patient ON patient_token (network_id, patient_id);
CREATE TABLE identifier_token (
  network_id uuid NOT NULL,
  token bytea NOT NULL CHECK (octet_length(token) = 16),
  patient_id uuid NOT NULL REFERENCES patient (id),
  PRIMARY KEY (network_id, token));
CREATE INDEX identifier_token_patient ON identifier_token (network_id, patient_id);
CREATE TABLE identity_sealing (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  begun_at timestamptz NOT NULL,
  completed_at timestamptz);
-- From the first patient on. By its size: row-level security shows the owner no row.
INSERT INTO identity_sealing (begun_at, completed_at)
  SELECT 'epoch', 'epoch' WHERE pg_relation_size('patient') = 0;
"""
