"""Every score of an assessment, concerns from elsewhere and their climbing, and doses given."""

from kairos_chassis import migrations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Expand."""
    migrations.script(_SQL)
    migrations.tenants("dose_given")


_SQL = """
ALTER TABLE assessment
  ADD COLUMN scores jsonb,
  ADD COLUMN prorated boolean NOT NULL DEFAULT false,
  ADD COLUMN recall_overlaps_dose boolean NOT NULL DEFAULT false,
  ADD COLUMN entered boolean NOT NULL DEFAULT false,
  ADD COLUMN rescores uuid;
ALTER TABLE safety_concern
  ALTER COLUMN assessment_id DROP NOT NULL,
  ADD COLUMN origin text NOT NULL DEFAULT 'assessment',
  ADD COLUMN origin_id uuid,
  ADD COLUMN unattended boolean NOT NULL DEFAULT false,
  ADD COLUMN escalation_step integer NOT NULL DEFAULT 0,
  ADD COLUMN escalated_at timestamptz;
CREATE TABLE dose_given (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  session_id uuid NOT NULL,
  route text NOT NULL,
  administered_at timestamptz NOT NULL);
CREATE INDEX dose_given_patient ON dose_given (network_id, patient_id, administered_at);
"""
