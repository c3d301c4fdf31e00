"""Protocols of a network's own, orders by unit and infusion, exposure, REMS, misuse watch."""

from kairos_chassis import migrations

revision = "0006"
down_revision = "0005"

_ORDERS = """
ALTER TABLE dose_order ALTER COLUMN volume_ml DROP NOT NULL;
ALTER TABLE dose_order ADD COLUMN units integer;
ALTER TABLE dose_order ADD COLUMN infusion_minutes integer;
"""

_TABLES = """
CREATE TABLE protocol_document (
  network_id uuid NOT NULL,
  code text NOT NULL,
  version text NOT NULL,
  route text NOT NULL,
  locale text NOT NULL,
  content jsonb NOT NULL,
  sha256 text NOT NULL,
  submitted_by uuid NOT NULL,
  submitted_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, code, version));
CREATE TABLE protocol_signature (
  network_id uuid NOT NULL,
  code text NOT NULL,
  version text NOT NULL,
  signed_by uuid NOT NULL,
  sha256 text NOT NULL,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, code, version, signed_by));
CREATE TABLE protocol_publication (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  route text NOT NULL,
  code text NOT NULL,
  version text NOT NULL,
  sha256 text NOT NULL,
  published_by uuid NOT NULL,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE exposure (
  dose_id uuid NOT NULL,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  route text NOT NULL,
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  bioavailability numeric(6,4) NOT NULL CHECK (bioavailability > 0),
  weight_kg numeric(6,3) NOT NULL CHECK (weight_kg > 0),
  given_at timestamptz NOT NULL,
  PRIMARY KEY (dose_id));
CREATE TABLE exposure_review (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  order_id uuid NOT NULL REFERENCES dose_order (id),
  reviewed_by uuid NOT NULL,
  reviewed_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE intolerance (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  cause text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE misuse_signal (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  patient_id uuid,
  staff_id uuid,
  code text NOT NULL,
  reasons jsonb NOT NULL,
  raised_by uuid,
  raised_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE misuse_review (
  signal_id uuid NOT NULL,
  network_id uuid NOT NULL,
  outcome text NOT NULL,
  note text NOT NULL,
  reviewed_by uuid NOT NULL,
  reviewed_at timestamptz NOT NULL,
  PRIMARY KEY (signal_id));
CREATE TABLE rems_enrolment (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  subject_kind text NOT NULL CHECK (subject_kind IN ('patient', 'site')),
  subject_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('enrolled', 'ended')),
  reference text NOT NULL,
  recorded_by uuid NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE rems_form (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  version integer NOT NULL,
  form_version text NOT NULL,
  content jsonb NOT NULL,
  due_at timestamptz NOT NULL,
  filled_by uuid NOT NULL,
  filled_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE rems_submission (
  form_id uuid NOT NULL,
  network_id uuid NOT NULL,
  channel text NOT NULL,
  reference text NOT NULL,
  submitted_by uuid NOT NULL,
  submitted_at timestamptz NOT NULL,
  PRIMARY KEY (form_id));
CREATE INDEX protocol_publication_route ON protocol_publication (network_id, route, published_at);
CREATE INDEX exposure_patient ON exposure (network_id, patient_id, given_at);
CREATE INDEX exposure_review_patient ON exposure_review (network_id, patient_id);
CREATE INDEX intolerance_patient ON intolerance (network_id, patient_id);
CREATE INDEX misuse_signal_patient ON misuse_signal (network_id, patient_id);
CREATE INDEX rems_enrolment_subject ON rems_enrolment (network_id, subject_id, recorded_at);
CREATE UNIQUE INDEX rems_form_session ON rems_form (session_id, version);
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_ORDERS)
    migrations.script(_TABLES)
    migrations.tenants(
        "protocol_document",
        "protocol_signature",
        "protocol_publication",
        "exposure",
        "exposure_review",
        "intolerance",
        "misuse_signal",
        "misuse_review",
        "rems_enrolment",
        "rems_form",
        "rems_submission",
    )
