"""Misses, visits, doses, safety calls, red flags and tasks: so that nothing is forgotten."""

from kairos_chassis import migrations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Expand."""
    migrations.script(
        """
        ALTER TABLE episode ADD COLUMN site_id uuid;
        ALTER TABLE episode ADD COLUMN misses integer NOT NULL DEFAULT 0;
        CREATE TABLE planned_visit (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          site_id uuid NOT NULL,
          visit_type text NOT NULL,
          starts_at timestamptz NOT NULL,
          state text NOT NULL CHECK (state IN ('planned', 'cancelled', 'missed', 'completed')));
        CREATE INDEX planned_visit_patient ON planned_visit (network_id, patient_id, starts_at);
        CREATE TABLE dose (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          session_id uuid NOT NULL,
          site_id uuid NOT NULL,
          route text NOT NULL,
          amount_mg numeric NOT NULL CHECK (amount_mg > 0),
          administered_at timestamptz NOT NULL);
        CREATE INDEX dose_patient ON dose (network_id, patient_id, administered_at);
        CREATE TABLE safety_call (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          session_id uuid NOT NULL,
          occasion text NOT NULL,
          due_at timestamptz NOT NULL,
          tries integer NOT NULL CHECK (tries >= 0),
          completed_at timestamptz,
          outcome text CHECK (outcome IN ('well', 'concern', 'not_reached')),
          completed_by uuid,
          version integer NOT NULL CHECK (version >= 1),
          CONSTRAINT safety_call_occasion UNIQUE (session_id, occasion),
          CHECK ((completed_at IS NULL) = (outcome IS NULL)));
        CREATE INDEX safety_call_due ON safety_call (network_id, due_at, id);
        CREATE TABLE red_flag (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          kind text NOT NULL,
          severity text NOT NULL CHECK (severity IN ('low', 'moderate', 'high')),
          origin text NOT NULL,
          raised_by uuid,
          raised_at timestamptz NOT NULL,
          announced_at timestamptz,
          version integer NOT NULL CHECK (version >= 1));
        CREATE INDEX red_flag_patient ON red_flag (network_id, patient_id, raised_at);
        CREATE TABLE task (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          kind text NOT NULL,
          subject_id uuid,
          words text,
          role text NOT NULL,
          due_at timestamptz NOT NULL,
          level integer NOT NULL CHECK (level >= 0),
          opened_at timestamptz NOT NULL,
          opened_by uuid,
          state text NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
          ended_at timestamptz,
          ended_by uuid,
          version integer NOT NULL CHECK (version >= 1),
          CHECK ((state = 'open') = (ended_at IS NULL)));
        CREATE INDEX task_due ON task (network_id, state, due_at, id);
        CREATE UNIQUE INDEX task_once ON task (kind, subject_id) WHERE state = 'open';
        """
    )
    migrations.tenants("dose")
    migrations.tenants(
        "planned_visit", "safety_call", "red_flag", "task", rights="SELECT, INSERT, UPDATE"
    )
