"""Merged patients, the baseline before a dose, who is on site, and a site's dose table."""

from kairos_chassis import migrations

revision = "0010"
down_revision = "0009"

_TABLES = """
CREATE TABLE patient_link (
  network_id uuid NOT NULL,
  merged_patient_id uuid NOT NULL,
  surviving_patient_id uuid NOT NULL,
  active boolean NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, merged_patient_id, surviving_patient_id));
CREATE INDEX patient_link_surviving ON patient_link (network_id, surviving_patient_id);
CREATE TABLE site_presence (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL,
  practitioner_id uuid NOT NULL,
  present boolean NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX site_presence_site ON site_presence (network_id, site_id, recorded_at);
CREATE TABLE site_setting (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL,
  locale text NOT NULL,
  set_by uuid NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX site_setting_site ON site_setting (network_id, site_id, set_at);
ALTER TABLE observation ADD COLUMN baseline jsonb;
ALTER TABLE observation ADD COLUMN oximetry_continuous boolean;
ALTER TABLE protocol_publication ADD COLUMN locale text NOT NULL DEFAULT 'us';
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLES)
    migrations.tenants("patient_link", "site_presence", "site_setting")
    role = migrations.runtime_role()
    migrations.script(f"GRANT UPDATE (active, changed_at) ON patient_link TO {role};")
