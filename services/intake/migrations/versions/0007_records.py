"""Consents in full; identifiers, contacts, merges, links, referrals, imports, rights."""

from kairos_chassis import migrations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Expand."""
    migrations.script(_CONSENTS)
    migrations.script(_PATIENTS)
    migrations.script(_IMPORTS_AND_RIGHTS)
    migrations.tenants("consent_reaffirmation", "fhir_import", "fhir_resource")
    migrations.tenants(
        "patient_identifier",
        "patient_contact",
        "patient_merge",
        "self_service_link",
        "referral",
        "rights_request",
        "legal_hold",
        rights="SELECT, INSERT, UPDATE",
    )
    # An erasure takes away what was written in words, and nothing else.
    role = migrations.runtime_role()
    migrations.script(f"GRANT UPDATE (attestations, overrides) ON eligibility_decision TO {role};")


_CONSENTS = """
ALTER TABLE consent
  ADD COLUMN law_state text,
  ADD COLUMN independent_witness uuid,
  ADD COLUMN signature_sha256 text,
  ADD COLUMN narrowed_at timestamptz;
CREATE TABLE consent_reaffirmation (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  consent_id uuid NOT NULL REFERENCES consent (id),
  visit_id uuid NOT NULL,
  scopes text[] NOT NULL,
  taken_by uuid NOT NULL,
  reaffirmed_at timestamptz NOT NULL);
CREATE UNIQUE INDEX consent_reaffirmation_visit
  ON consent_reaffirmation (consent_id, visit_id);
"""

_PATIENTS = """
ALTER TABLE patient
  ADD COLUMN erased_at timestamptz;
CREATE TABLE patient_identifier (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  system text NOT NULL,
  value text NOT NULL,
  recorded_at timestamptz NOT NULL);
CREATE UNIQUE INDEX patient_identifier_value ON patient_identifier (network_id, system, value);
CREATE TABLE patient_contact (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  kind text NOT NULL CHECK (kind IN ('emergency', 'escort')),
  name text NOT NULL,
  phone text NOT NULL,
  relationship text NOT NULL,
  recorded_at timestamptz NOT NULL,
  removed_at timestamptz);
CREATE INDEX patient_contact_patient ON patient_contact (network_id, patient_id);
CREATE TABLE patient_merge (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  surviving_patient_id uuid NOT NULL REFERENCES patient (id),
  merged_patient_id uuid NOT NULL REFERENCES patient (id),
  reason text NOT NULL,
  merged_by uuid NOT NULL,
  merged_at timestamptz NOT NULL,
  unmerge_reason text,
  unmerged_by uuid,
  unmerged_at timestamptz,
  CHECK (surviving_patient_id <> merged_patient_id),
  CHECK (num_nulls(unmerge_reason, unmerged_by, unmerged_at) IN (0, 3)));
CREATE UNIQUE INDEX patient_merge_merged
  ON patient_merge (merged_patient_id) WHERE unmerged_at IS NULL;
CREATE INDEX patient_merge_surviving
  ON patient_merge (surviving_patient_id) WHERE unmerged_at IS NULL;
CREATE TABLE self_service_link (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  digest bytea NOT NULL UNIQUE,
  instruments text[] NOT NULL,
  assessments jsonb NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
  ended_at timestamptz,
  version integer NOT NULL CHECK (version >= 1));
CREATE INDEX self_service_link_patient ON self_service_link (network_id, patient_id);
CREATE TABLE referral (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid REFERENCES patient (id),
  indication text NOT NULL,
  reason text,
  referrer_name text NOT NULL,
  referrer_identifier text,
  digest bytea NOT NULL UNIQUE,
  status text NOT NULL
    CHECK (status IN ('received', 'accepted', 'scheduled', 'declined', 'completed')),
  status_reason text,
  received_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version integer NOT NULL CHECK (version >= 1));
CREATE INDEX referral_status ON referral (network_id, status, received_at);
"""

_IMPORTS_AND_RIGHTS = """
CREATE TABLE fhir_import (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  sha256 text NOT NULL,
  report jsonb NOT NULL,
  imported_by uuid NOT NULL,
  imported_at timestamptz NOT NULL);
CREATE INDEX fhir_import_patient ON fhir_import (network_id, patient_id, imported_at);
CREATE TABLE fhir_resource (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  import_id uuid NOT NULL,
  resource text NOT NULL,
  sha256 text NOT NULL);
CREATE UNIQUE INDEX fhir_resource_content ON fhir_resource (patient_id, resource, sha256);
CREATE TABLE rights_request (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  kind text NOT NULL CHECK (kind IN ('correction', 'erasure')),
  detail text,
  status text NOT NULL CHECK (status IN ('open', 'done', 'declined')),
  requested_by uuid NOT NULL,
  requested_at timestamptz NOT NULL,
  settled_by uuid,
  settled_at timestamptz,
  settlement_reason text,
  version integer NOT NULL CHECK (version >= 1),
  CHECK (num_nulls(settled_by, settled_at, settlement_reason) IN (0, 3)));
CREATE INDEX rights_request_patient ON rights_request (network_id, patient_id, requested_at);
CREATE TABLE legal_hold (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient (id),
  reason text NOT NULL,
  placed_by uuid NOT NULL,
  placed_at timestamptz NOT NULL,
  lifted_by uuid,
  lifted_at timestamptz,
  CHECK (num_nulls(lifted_by, lifted_at) IN (0, 2)));
CREATE UNIQUE INDEX legal_hold_open ON legal_hold (patient_id) WHERE lifted_at IS NULL;
"""
