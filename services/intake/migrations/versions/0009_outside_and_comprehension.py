"""Records of elsewhere, answers of the comprehension check, duplicates registered with a reason."""

from kairos_chassis import migrations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLES)
    migrations.tenants("duplicate_override")
    migrations.tenants("outside_record", rights="SELECT, INSERT, UPDATE")
    # An erasure takes away the names that the sender gave to the resources, and nothing else.
    role = migrations.runtime_role()
    migrations.script(f"GRANT UPDATE (report) ON fhir_import TO {role};")
    migrations.script(f"GRANT UPDATE (resource) ON fhir_resource TO {role};")


_TABLES = """
ALTER TABLE consent ADD COLUMN comprehension jsonb;
CREATE TABLE outside_record (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  import_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('consent', 'document', 'person')),
  resource text NOT NULL,
  content jsonb NOT NULL,
  recorded_by uuid NOT NULL,
  recorded_at timestamptz NOT NULL,
  reviewed_by uuid,
  reviewed_at timestamptz,
  review_reason text,
  version integer NOT NULL CHECK (version >= 1),
  CHECK (num_nulls(reviewed_by, reviewed_at, review_reason) IN (0, 3)));
CREATE INDEX outside_record_patient ON outside_record (network_id, patient_id, recorded_at);
CREATE TABLE duplicate_override (
  patient_id uuid PRIMARY KEY REFERENCES patient (id),
  network_id uuid NOT NULL,
  other_than uuid[] NOT NULL CHECK (cardinality(other_than) > 0),
  reason text NOT NULL,
  overridden_by uuid NOT NULL,
  overridden_at timestamptz NOT NULL);
"""
