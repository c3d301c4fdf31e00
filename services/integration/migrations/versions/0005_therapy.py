"""Therapy sessions in full: drafts that lose nobody's words, signatures, addenda, promises."""

from kairos_chassis import migrations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Expand."""
    migrations.script(
        """
        ALTER TABLE therapy_session ADD COLUMN modality text;
        ALTER TABLE therapy_session ADD COLUMN co_therapists uuid[] NOT NULL DEFAULT '{}';
        ALTER TABLE therapy_session ADD COLUMN record jsonb NOT NULL DEFAULT '{}';
        CREATE TABLE therapy_draft (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          episode_id uuid REFERENCES episode (id),
          kind text NOT NULL,
          modality text NOT NULL,
          author_id uuid NOT NULL,
          co_therapists uuid[] NOT NULL,
          started_at timestamptz NOT NULL,
          ended_at timestamptz,
          record jsonb NOT NULL,
          saved_by uuid NOT NULL,
          saved_at timestamptz NOT NULL,
          state text NOT NULL CHECK (state IN ('open', 'signed', 'discarded')),
          therapy_session_id uuid REFERENCES therapy_session (id),
          version integer NOT NULL CHECK (version >= 1),
          CHECK ((state = 'signed') = (therapy_session_id IS NOT NULL)));
        CREATE INDEX therapy_draft_patient ON therapy_draft (network_id, patient_id);
        CREATE TABLE therapy_draft_version (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          draft_id uuid NOT NULL REFERENCES therapy_draft (id),
          number integer NOT NULL CHECK (number >= 1),
          record jsonb NOT NULL,
          saved_by uuid NOT NULL,
          saved_at timestamptz NOT NULL,
          UNIQUE (draft_id, number));
        CREATE TABLE therapy_addendum (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          therapy_session_id uuid NOT NULL REFERENCES therapy_session (id),
          kind text NOT NULL CHECK (kind IN ('addition', 'correction')),
          words text NOT NULL,
          author_id uuid NOT NULL,
          added_at timestamptz NOT NULL);
        CREATE INDEX therapy_addendum_session ON therapy_addendum (therapy_session_id, added_at);
        CREATE TABLE therapy_cosignature (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          therapy_session_id uuid NOT NULL REFERENCES therapy_session (id),
          practitioner_id uuid NOT NULL,
          signed_at timestamptz NOT NULL,
          CONSTRAINT cosigned_once UNIQUE (therapy_session_id, practitioner_id));
        CREATE TABLE commitment (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          therapy_session_id uuid REFERENCES therapy_session (id),
          practice text,
          behaviour text NOT NULL,
          planned text,
          barriers text,
          confidence integer NOT NULL CHECK (confidence BETWEEN 0 AND 10),
          times_per_week integer CHECK (times_per_week BETWEEN 1 AND 70),
          remind_at timestamptz,
          remind_zone text NOT NULL,
          reminded_at timestamptz,
          state text NOT NULL CHECK (state IN ('active', 'kept', 'let_go')),
          made_at timestamptz NOT NULL,
          version integer NOT NULL CHECK (version >= 1));
        CREATE INDEX commitment_patient ON commitment (network_id, patient_id, made_at);
        CREATE TABLE commitment_check (
          id uuid PRIMARY KEY,
          network_id uuid NOT NULL,
          patient_id uuid NOT NULL,
          commitment_id uuid NOT NULL REFERENCES commitment (id),
          done integer NOT NULL CHECK (done >= 0),
          planned integer NOT NULL CHECK (planned >= 1),
          confidence integer CHECK (confidence BETWEEN 0 AND 10),
          noted_by uuid NOT NULL,
          noted_at timestamptz NOT NULL);
        CREATE INDEX commitment_check_of ON commitment_check (commitment_id, noted_at);
        """
    )
    migrations.tenants(
        "therapy_draft_version", "therapy_addendum", "therapy_cosignature", "commitment_check"
    )
    migrations.tenants("therapy_draft", "commitment", rights="SELECT, INSERT, UPDATE")
