"""Rule sets and overlays of networks, phases of evaluations, and decisions over a rule."""

from kairos_chassis import migrations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Expand."""
    migrations.script(_SQL)
    migrations.tenants("rule_signature", "rule_publication")
    migrations.tenants("override_proposal", rights="SELECT, INSERT, UPDATE")


_SQL = """
ALTER TABLE patient
  ADD COLUMN home_site_id uuid,
  ADD COLUMN state text;
ALTER TABLE evaluation
  ADD COLUMN phase text NOT NULL DEFAULT 'screening';
ALTER TABLE eligibility_decision
  ADD COLUMN overrides jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN second_signer uuid;
CREATE TABLE rule_signature (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  signed_by uuid NOT NULL,
  signed_at timestamptz NOT NULL);
CREATE INDEX rule_signature_sha256 ON rule_signature (network_id, sha256);
CREATE TABLE rule_publication (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  network_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('rule_set', 'overlay')),
  scope_kind text NOT NULL CHECK (scope_kind IN ('network', 'site', 'state')),
  scope_value text NOT NULL,
  version text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  document jsonb NOT NULL,
  loosens text[] NOT NULL,
  signed_by uuid,
  published_by uuid NOT NULL,
  published_at timestamptz NOT NULL,
  CHECK (cardinality(loosens) = 0 OR signed_by IS NOT NULL),
  CHECK (signed_by <> published_by));
CREATE INDEX rule_publication_newest
  ON rule_publication (network_id, kind, scope_kind, scope_value, seq DESC);
CREATE TABLE override_proposal (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  evaluation_id uuid NOT NULL REFERENCES evaluation (id),
  overrides jsonb NOT NULL,
  attestations jsonb NOT NULL,
  proposed_by uuid NOT NULL,
  proposed_at timestamptz NOT NULL,
  decision_id uuid,
  version integer NOT NULL CHECK (version >= 1));
CREATE INDEX override_proposal_patient ON override_proposal (network_id, patient_id, proposed_at);
"""
