"""The platform's tables, episodes and therapy sessions."""

from kairos_chassis import migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Expand."""
    migrations.platform_v1()
    migrations.script(
        """
        CREATE TABLE episode (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          session_id uuid NOT NULL UNIQUE,
          route text NOT NULL,
          opened_at timestamptz NOT NULL,
          due_at timestamptz NOT NULL,
          closed_at timestamptz,
          outcome text CHECK (outcome IN ('completed', 'missed', 'declined')),
          therapy_session_id uuid,
          version integer NOT NULL CHECK (version >= 1),
          CHECK ((closed_at IS NULL) = (outcome IS NULL)));
        CREATE INDEX episode_due ON episode (network_id, due_at, id);
        CREATE INDEX episode_patient ON episode (network_id, patient_id);
        CREATE TABLE therapy_session (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          episode_id uuid REFERENCES episode (id),
          kind text NOT NULL,
          practitioner_id uuid NOT NULL,
          started_at timestamptz NOT NULL,
          ended_at timestamptz NOT NULL CHECK (ended_at > started_at),
          themes text[] NOT NULL,
          insights text[] NOT NULL,
          commitments text[] NOT NULL,
          recorded_at timestamptz NOT NULL);
        CREATE INDEX therapy_session_patient ON therapy_session (network_id, patient_id);
        """
    )
    migrations.tenants("episode", rights="SELECT, INSERT, UPDATE")
    migrations.tenants("therapy_session")
