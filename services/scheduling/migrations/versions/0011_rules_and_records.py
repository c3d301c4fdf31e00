"""Policy of a network's own, records that are one person, series, initials, clearance acted on."""

from kairos_chassis import migrations

revision = "0011"
down_revision = "0010"

_TABLES = """
CREATE TABLE policy_version (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  site_id uuid REFERENCES site (id),
  version integer NOT NULL CHECK (version >= 1),
  figures jsonb NOT NULL,
  loosens text[] NOT NULL,
  reason text NOT NULL,
  set_by uuid NOT NULL,
  signed_by uuid,
  set_at timestamptz NOT NULL,
  CHECK (signed_by IS NOT NULL OR loosens = '{}'));
CREATE UNIQUE INDEX policy_version_latest
  ON policy_version (network_id, site_id, version) NULLS NOT DISTINCT;
CREATE TABLE patient_link (
  network_id uuid NOT NULL,
  merged_patient_id uuid NOT NULL,
  surviving_patient_id uuid NOT NULL,
  merged_at timestamptz NOT NULL,
  parted_at timestamptz,
  PRIMARY KEY (network_id, merged_patient_id));
CREATE INDEX patient_link_survivor ON patient_link (network_id, surviving_patient_id);
CREATE TABLE patient_initials (
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  initials text,
  set_by uuid NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, patient_id));
CREATE TABLE visit_series (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL REFERENCES site (id),
  visit_type text NOT NULL,
  zone text NOT NULL,
  first_on date NOT NULL,
  clock time NOT NULL,
  every_weeks integer NOT NULL CHECK (every_weeks >= 1),
  tzdata_version text NOT NULL,
  booked_by uuid NOT NULL,
  booked_at timestamptz NOT NULL);
CREATE INDEX visit_series_patient ON visit_series (network_id, patient_id, id);
CREATE TABLE visit_series_visit (
  series_id uuid NOT NULL REFERENCES visit_series (id),
  number integer NOT NULL,
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL UNIQUE REFERENCES visit (id),
  clock_change text NOT NULL CHECK (clock_change IN ('none', 'skipped', 'ambiguous')),
  PRIMARY KEY (series_id, number));
"""

# Which version of a clearance the visits have followed. The clearance itself is a read model that
# can be made anew from the bus; what was decided by it must not be decided, or told, again.
_FOLLOWED = """
CREATE TABLE clearance_followed (
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (network_id, patient_id));
ALTER TABLE clearance NO FORCE ROW LEVEL SECURITY;
INSERT INTO clearance_followed (network_id, patient_id, version)
  SELECT network_id, patient_id, version FROM clearance;
ALTER TABLE clearance FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLES + _FOLLOWED)
    migrations.tenants("policy_version", "visit_series", "visit_series_visit")
    changing = ("patient_link", "patient_initials", "clearance_followed")
    migrations.tenants(*changing, rights="SELECT, INSERT, UPDATE")
