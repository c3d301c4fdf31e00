"""Psychotherapy notes in a schema and under a role of their own; patients' journals, sealed."""

from kairos_chassis import migrations
from kairos_chassis.tables import CURRENT_NETWORK

revision = "0007"
down_revision = "0006"

_AUTHOR = "nullif(current_setting('kairos.author', true), '')::uuid"
_OWN = f"network_id = {CURRENT_NETWORK} AND author_id = {_AUTHOR}"


def upgrade() -> None:
    """Expand."""
    notes = migrations.runtime_role()[:-1] + '_notes"'
    migrations.script(
        f"""
        CREATE SCHEMA notes;
        REVOKE ALL ON SCHEMA notes FROM PUBLIC;
        GRANT USAGE ON SCHEMA notes TO {notes};
        CREATE TABLE notes.data_key (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          author_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          sealed_by text NOT NULL,
          sealed_key bytea NOT NULL,
          made_at timestamptz NOT NULL,
          UNIQUE (network_id, author_id, patient_id));
        CREATE TABLE notes.psychotherapy_note (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          author_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          therapy_session_id uuid,
          sealed bytea NOT NULL,
          written_at timestamptz NOT NULL);
        CREATE INDEX psychotherapy_note_author
          ON notes.psychotherapy_note (network_id, author_id, patient_id, written_at);
        ALTER TABLE notes.data_key ENABLE ROW LEVEL SECURITY;
        ALTER TABLE notes.data_key FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON notes.data_key USING ({_OWN}) WITH CHECK ({_OWN});
        ALTER TABLE notes.psychotherapy_note ENABLE ROW LEVEL SECURITY;
        ALTER TABLE notes.psychotherapy_note FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON notes.psychotherapy_note USING ({_OWN}) WITH CHECK ({_OWN});
        GRANT SELECT, INSERT ON notes.data_key, notes.psychotherapy_note TO {notes};

        CREATE TABLE journal_key (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          sealed_by text NOT NULL,
          sealed_key bytea NOT NULL,
          made_at timestamptz NOT NULL,
          UNIQUE (network_id, patient_id));
        CREATE TABLE journal_choice (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          notice_version text NOT NULL,
          screened boolean NOT NULL,
          chosen_at timestamptz NOT NULL);
        CREATE INDEX journal_choice_patient ON journal_choice (network_id, patient_id, chosen_at);
        CREATE TABLE journal_entry (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          sealed bytea,
          audience text NOT NULL CHECK (audience IN ('private', 'therapist', 'team')),
          written_at timestamptz NOT NULL,
          shared_at timestamptz,
          removed_at timestamptz,
          version integer NOT NULL CHECK (version >= 1),
          CHECK ((sealed IS NULL) = (removed_at IS NOT NULL)));
        CREATE INDEX journal_entry_patient ON journal_entry (network_id, patient_id, written_at);
        """
    )
    migrations.tenants("journal_key", "journal_choice")
    migrations.tenants("journal_entry", rights="SELECT, INSERT, UPDATE")
