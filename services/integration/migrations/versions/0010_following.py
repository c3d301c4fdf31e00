"""Records that are one person, doses per kilogram, and cohort figures that stay as once shown."""

from kairos_chassis import migrations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Expand."""
    migrations.script(
        """
        ALTER TABLE dose ADD COLUMN mg_per_kg numeric CHECK (mg_per_kg > 0);
        CREATE TABLE same_person (
          network_id uuid NOT NULL,
          surviving_patient_id uuid NOT NULL,
          merged_patient_id uuid NOT NULL,
          merged_at timestamptz NOT NULL,
          parted_at timestamptz,
          PRIMARY KEY (surviving_patient_id, merged_patient_id));
        CREATE INDEX same_person_merged ON same_person (merged_patient_id);
        CREATE TABLE cohort_figure (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          instrument text NOT NULL,
          dimension text NOT NULL,
          quarter text NOT NULL,
          policy_version text NOT NULL,
          cells jsonb NOT NULL,
          made_at timestamptz NOT NULL,
          CONSTRAINT cohort_figure_once UNIQUE (network_id, instrument, dimension, quarter));
        """
    )
    migrations.tenants("cohort_figure")
    migrations.tenants("same_person", rights="SELECT, INSERT, UPDATE")
