"""Measures that fall due, outcomes, care plans, the end of a course, and the team's messages."""

from kairos_chassis import migrations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Expand."""
    migrations.script(
        """
        CREATE TABLE measure (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          instrument text NOT NULL,
          occasion text NOT NULL,
          anchor_id uuid NOT NULL,
          due_at timestamptz NOT NULL,
          announced_at timestamptz,
          state text NOT NULL CHECK (state IN ('open', 'met', 'cancelled')),
          met_by uuid,
          version integer NOT NULL CHECK (version >= 1),
          UNIQUE (patient_id, instrument, occasion, anchor_id),
          CHECK ((state = 'met') = (met_by IS NOT NULL)));
        CREATE INDEX measure_due ON measure (network_id, state, due_at, id);
        CREATE TABLE outcome (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          assessment_id uuid NOT NULL UNIQUE,
          baseline_assessment_id uuid,
          instrument text NOT NULL,
          score numeric NOT NULL,
          change_percent numeric,
          reliable_change numeric,
          classes text[] NOT NULL,
          recall_overlaps_dose boolean NOT NULL,
          completed_at timestamptz NOT NULL,
          policy_version text NOT NULL);
        CREATE INDEX outcome_patient ON outcome (network_id, patient_id, instrument, completed_at);
        CREATE TABLE care_plan (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          kind text NOT NULL CHECK (kind IN ('treatment', 'after_care')),
          number integer NOT NULL CHECK (number >= 1),
          indication text,
          zone text NOT NULL,
          plan jsonb NOT NULL,
          author_id uuid NOT NULL,
          made_at timestamptz NOT NULL,
          CONSTRAINT care_plan_number UNIQUE (patient_id, kind, number));
        CREATE TABLE course_end (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          ended_at timestamptz NOT NULL,
          noted_by uuid NOT NULL,
          noted_at timestamptz NOT NULL);
        CREATE INDEX course_end_patient ON course_end (network_id, patient_id, ended_at);
        CREATE TABLE team_message (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          author_id uuid NOT NULL,
          answers uuid REFERENCES team_message (id),
          words text NOT NULL,
          sent_at timestamptz NOT NULL);
        CREATE INDEX team_message_patient ON team_message (network_id, patient_id, sent_at);
        """
    )
    migrations.tenants("outcome", "care_plan", "course_end", "team_message")
    migrations.tenants("measure", rights="SELECT, INSERT, UPDATE")
