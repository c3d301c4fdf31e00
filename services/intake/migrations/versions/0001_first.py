"""The platform's tables, and everything intake keeps about a patient."""

from kairos_chassis import migrations

revision = "0001"
down_revision = None

_APPEND_ONLY = (
    "assessment_answer",
    "clinical_fact",
    "evaluation",
    "eligibility_decision",
    "clearance_confirmation",
)
_CURRENT_STATE = (
    "patient",
    "clearance",
    "assessment",
    "safety_concern",
    "consent",
    "dosing_session",
)


def upgrade() -> None:
    """Expand."""
    migrations.platform_v1()
    migrations.script(_PATIENTS)
    migrations.script(_ASSESSMENTS)
    migrations.script(_ELIGIBILITY)
    migrations.script(_CONSENTS)
    migrations.tenants(*_APPEND_ONLY)
    migrations.tenants(*_CURRENT_STATE, rights="SELECT, INSERT, UPDATE")


_PATIENTS = """
CREATE TABLE patient (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  given_name text NOT NULL,
  family_name text NOT NULL,
  born_on date NOT NULL,
  sex_at_birth text NOT NULL CHECK (sex_at_birth IN ('female', 'male', 'unknown')),
  administrative_gender text NOT NULL
    CHECK (administrative_gender IN ('female', 'male', 'other', 'unknown')),
  phone text,
  preferred_language text NOT NULL,
  zone text NOT NULL,
  registered_at timestamptz NOT NULL,
  version integer NOT NULL CHECK (version >= 1));
CREATE TABLE clearance (
  patient_id uuid PRIMARY KEY REFERENCES patient (id),
  network_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  changed_at timestamptz NOT NULL,
  routes jsonb NOT NULL);
CREATE TABLE clearance_confirmation (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  route text NOT NULL,
  clearance_version integer NOT NULL,
  extra_monitoring text[] NOT NULL,
  acting_for uuid NOT NULL,
  confirmed_at timestamptz NOT NULL,
  valid_until timestamptz NOT NULL CHECK (valid_until > confirmed_at));
CREATE INDEX clearance_confirmation_patient
  ON clearance_confirmation (network_id, patient_id, confirmed_at);
"""

_ASSESSMENTS = """
CREATE TABLE assessment (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  instrument text NOT NULL,
  instrument_version text NOT NULL,
  started_at timestamptz NOT NULL,
  completed_at timestamptz,
  score integer,
  band text,
  algorithm_version text,
  version integer NOT NULL CHECK (version >= 1),
  CHECK ((completed_at IS NULL) = (algorithm_version IS NULL)));
CREATE INDEX assessment_patient ON assessment (network_id, patient_id, started_at, id);
CREATE TABLE assessment_answer (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  network_id uuid NOT NULL,
  assessment_id uuid NOT NULL REFERENCES assessment (id),
  item text NOT NULL,
  value smallint NOT NULL,
  answered_by uuid NOT NULL,
  answered_at timestamptz NOT NULL);
CREATE INDEX assessment_answer_item ON assessment_answer (assessment_id, item, seq);
CREATE TABLE safety_concern (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  assessment_id uuid NOT NULL REFERENCES assessment (id),
  trigger text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('low', 'moderate', 'high')),
  release text NOT NULL CHECK (release IN ('acknowledgement', 'clearing')),
  blocks_dosing boolean NOT NULL,
  raised_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by uuid,
  acknowledgement_reason text,
  cleared_at timestamptz,
  cleared_by uuid,
  clearing_reason text,
  version integer NOT NULL CHECK (version >= 1),
  CHECK (num_nulls(acknowledged_at, acknowledged_by, acknowledgement_reason) IN (0, 3)),
  CHECK (num_nulls(cleared_at, cleared_by, clearing_reason) IN (0, 3)),
  CHECK (cleared_at IS NULL OR acknowledged_at IS NOT NULL),
  CHECK (blocks_dosing OR acknowledged_at IS NOT NULL),
  CHECK (blocks_dosing OR release = 'acknowledgement' OR cleared_at IS NOT NULL));
CREATE INDEX safety_concern_patient ON safety_concern (network_id, patient_id, raised_at, id);
CREATE UNIQUE INDEX safety_concern_open
  ON safety_concern (assessment_id, trigger) WHERE blocks_dosing;
"""

_ELIGIBILITY = """
CREATE TABLE clinical_fact (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  name text NOT NULL,
  value jsonb,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL CHECK (recorded_at >= occurred_at),
  recorded_by uuid NOT NULL,
  source text NOT NULL);
CREATE INDEX clinical_fact_current
  ON clinical_fact (network_id, patient_id, name, occurred_at DESC, seq DESC);
CREATE TABLE evaluation (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  route text NOT NULL,
  rule_set_version text NOT NULL,
  inputs jsonb NOT NULL,
  results jsonb NOT NULL,
  evaluated_at timestamptz NOT NULL,
  evaluated_by uuid NOT NULL);
CREATE INDEX evaluation_patient ON evaluation (network_id, patient_id, route, seq DESC);
CREATE TABLE eligibility_decision (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  route text NOT NULL,
  evaluation_id uuid NOT NULL REFERENCES evaluation (id),
  rule_set_version text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('eligible', 'not_eligible', 'deferred')),
  attestations jsonb NOT NULL,
  extra_monitoring text[] NOT NULL,
  decided_by uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > decided_at));
CREATE INDEX eligibility_decision_patient
  ON eligibility_decision (network_id, patient_id, route, seq DESC);
"""

_CONSENTS = """
CREATE TABLE consent (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  document text NOT NULL,
  document_version text NOT NULL,
  language text NOT NULL,
  text_sha256 text NOT NULL CHECK (text_sha256 ~ '^[0-9a-f]{64}$'),
  state text NOT NULL CHECK (state IN ('draft', 'active', 'revoked', 'superseded')),
  drafted_at timestamptz NOT NULL,
  scopes text[] NOT NULL,
  signed_at timestamptz,
  witnessed_by uuid,
  questions_asked smallint,
  questions_correct smallint,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid,
  revocation_reason text,
  version integer NOT NULL CHECK (version >= 1),
  CHECK (num_nulls(signed_at, witnessed_by, questions_asked, questions_correct, expires_at)
         IN (0, 5)),
  CHECK ((state = 'draft') = (signed_at IS NULL)),
  CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
  CHECK (num_nulls(revoked_at, revoked_by, revocation_reason) IN (0, 3)));
CREATE INDEX consent_patient ON consent (network_id, patient_id, seq DESC);
CREATE UNIQUE INDEX consent_active
  ON consent (patient_id, document) WHERE state = 'active';
CREATE TABLE dosing_session (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  opened_at timestamptz,
  ended_at timestamptz);
CREATE INDEX dosing_session_open
  ON dosing_session (network_id, patient_id) WHERE ended_at IS NULL;
"""
