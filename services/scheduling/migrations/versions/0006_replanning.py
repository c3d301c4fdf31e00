"""Visits that were broken and who owns them; alerts about credentials; how they were verified."""

from kairos_chassis import migrations

revision = "0006"
down_revision = "0005"

_TABLES = """
ALTER TABLE practitioner
  ADD COLUMN languages text[] NOT NULL DEFAULT '{}',
  ADD COLUMN modalities text[] NOT NULL DEFAULT '{}';
ALTER TABLE credential
  ADD COLUMN verified_at timestamptz,
  ADD COLUMN verified_by uuid,
  ADD COLUMN verified_source text;
CREATE TABLE replan_task (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL REFERENCES visit (id),
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL REFERENCES site (id),
  reason text NOT NULL,
  broken_practitioner_id uuid,
  owner_id uuid,
  opened_at timestamptz NOT NULL,
  resolution text,
  resolved_by uuid,
  resolved_at timestamptz,
  CHECK ((resolution IS NULL) = (resolved_at IS NULL)));
CREATE UNIQUE INDEX replan_task_open ON replan_task (visit_id) WHERE resolved_at IS NULL;
CREATE INDEX replan_task_site ON replan_task (network_id, site_id, opened_at, id);
CREATE TABLE credential_alert (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  credential_id uuid NOT NULL,
  practitioner_id uuid NOT NULL,
  days_left integer NOT NULL,
  expires_on date NOT NULL,
  raised_at timestamptz NOT NULL,
  acknowledged_by uuid,
  acknowledged_at timestamptz);
CREATE INDEX credential_alert_open ON credential_alert (network_id, raised_at, id);
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLES)
    runtime = migrations.runtime_role()
    migrations.script(f"GRANT UPDATE (languages, modalities) ON practitioner TO {runtime};")
    migrations.tenants("replan_task", "credential_alert", rights="SELECT, INSERT, UPDATE")
