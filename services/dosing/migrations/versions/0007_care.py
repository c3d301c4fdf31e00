"""Monitors, break-glass, infusions, alerts, readings, leaving, adverse events, corrections."""

from kairos_chassis import migrations

revision = "0007"
down_revision = "0006"

_READINGS = """
ALTER TABLE observation ADD COLUMN symptoms text[];
ALTER TABLE observation ADD COLUMN side_effects jsonb;
ALTER TABLE observation ADD COLUMN temperature_c numeric(4,1);
ALTER TABLE observation ADD COLUMN device_id uuid;
"""

_TABLES = """
CREATE TABLE monitor_assignment (
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  seq integer NOT NULL,
  practitioner_id uuid NOT NULL,
  cause text NOT NULL,
  assigned_at timestamptz NOT NULL,
  PRIMARY KEY (session_id, seq));
CREATE TABLE dose_break_glass (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  reason text NOT NULL,
  explanation text NOT NULL,
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE dose_break_glass_confirmation (
  dose_break_glass_id uuid NOT NULL REFERENCES dose_break_glass (id),
  network_id uuid NOT NULL,
  confirmed_by uuid NOT NULL,
  confirmed_at timestamptz NOT NULL,
  PRIMARY KEY (dose_break_glass_id));
CREATE TABLE dose_break_glass_use (
  dose_break_glass_id uuid NOT NULL REFERENCES dose_break_glass (id),
  network_id uuid NOT NULL,
  administration_id uuid NOT NULL,
  used_at timestamptz NOT NULL,
  PRIMARY KEY (dose_break_glass_id));
CREATE TABLE benefit_risk_note (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  observation_id uuid NOT NULL REFERENCES observation (id),
  note text NOT NULL,
  signed_by uuid NOT NULL,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE infusion (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  command_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  order_id uuid NOT NULL REFERENCES dose_order (id),
  draw_id uuid NOT NULL REFERENCES ledger_entry (id),
  baseline_observation_id uuid NOT NULL REFERENCES observation (id),
  planned_mg numeric(12,3) NOT NULL CHECK (planned_mg > 0),
  planned_ml numeric(8,2) NOT NULL CHECK (planned_ml > 0),
  confirmation_id uuid NOT NULL,
  clearance_version integer NOT NULL,
  extra_monitoring text[] NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT infusion_command_key UNIQUE (network_id, command_id));
CREATE TABLE infusion_event (
  network_id uuid NOT NULL,
  infusion_id uuid NOT NULL REFERENCES infusion (id),
  seq integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('start', 'rate', 'pause', 'resume', 'stop', 'complete')),
  rate_ml_per_h numeric(8,2) CHECK (rate_ml_per_h > 0),
  volume_ml numeric(8,2) CHECK (volume_ml >= 0),
  cause text NOT NULL,
  done_by uuid,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (infusion_id, seq));
CREATE TABLE dose_not_given (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  order_id uuid NOT NULL REFERENCES dose_order (id),
  amount_mg numeric(12,3) NOT NULL,
  reason text NOT NULL,
  recorded_by uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE drug_stop (
  session_id uuid NOT NULL REFERENCES session (id),
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  reason text NOT NULL,
  automatic boolean NOT NULL,
  stopped_by uuid,
  stopped_at timestamptz NOT NULL,
  PRIMARY KEY (session_id));
CREATE TABLE alert (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL,
  code text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('warning', 'amber', 'red', 'emergency')),
  stops_drug boolean NOT NULL,
  source_id uuid NOT NULL,
  raised_at timestamptz NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT alert_once_key UNIQUE (session_id, code, source_id));
CREATE TABLE alert_acknowledgement (
  alert_id uuid NOT NULL REFERENCES alert (id),
  network_id uuid NOT NULL,
  action text NOT NULL,
  acknowledged_by uuid NOT NULL,
  acknowledged_at timestamptz NOT NULL,
  PRIMARY KEY (alert_id));
CREATE TABLE session_anchor (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  cause text NOT NULL,
  boot text NOT NULL,
  ticks_ms bigint NOT NULL,
  anchored_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE device_batch (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  device_id uuid NOT NULL,
  accepted integer NOT NULL,
  duplicates integer NOT NULL,
  late integer NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE device_reading (
  session_id uuid NOT NULL REFERENCES session (id),
  device_id uuid NOT NULL,
  kind text NOT NULL,
  read_at timestamptz NOT NULL,
  network_id uuid NOT NULL,
  value numeric(8,3) NOT NULL,
  late boolean NOT NULL,
  batch_id uuid NOT NULL REFERENCES device_batch (id),
  PRIMARY KEY (session_id, device_id, kind, read_at));
"""

_MORE = """
CREATE TABLE discharge_override (
  session_id uuid NOT NULL REFERENCES session (id),
  criterion text NOT NULL,
  network_id uuid NOT NULL,
  reason text NOT NULL,
  overridden_by uuid NOT NULL,
  overridden_at timestamptz NOT NULL,
  PRIMARY KEY (session_id, criterion));
CREATE TABLE discharge_instruction (
  session_id uuid NOT NULL REFERENCES session (id),
  network_id uuid NOT NULL,
  version text NOT NULL,
  sha256 text NOT NULL,
  given_by uuid NOT NULL,
  given_at timestamptz NOT NULL,
  PRIMARY KEY (session_id));
CREATE TABLE departure (
  session_id uuid NOT NULL REFERENCES session (id),
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  unmet_criteria text[] NOT NULL,
  reason text NOT NULL,
  risks_explained boolean NOT NULL CHECK (risks_explained),
  keys_kept boolean NOT NULL,
  escort_called boolean NOT NULL,
  charted_by uuid NOT NULL,
  left_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (session_id));
CREATE TABLE follow_up (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  site_id uuid NOT NULL,
  kind text NOT NULL,
  due_at timestamptz NOT NULL,
  requested_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE adverse_event (
  adverse_event_id uuid NOT NULL,
  version integer NOT NULL,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  session_id uuid REFERENCES session (id),
  site_id uuid NOT NULL,
  code text NOT NULL,
  grade text NOT NULL CHECK (grade IN ('1', '2', '3', '4', '5')),
  seriousness text[] NOT NULL,
  narrative text NOT NULL,
  outcome text NOT NULL,
  onset_at timestamptz NOT NULL,
  resolved_at timestamptz,
  report_due_at timestamptz,
  reported_at timestamptz,
  report_reference text,
  recorded_by uuid NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (adverse_event_id, version));
CREATE TABLE session_note (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  kind text NOT NULL,
  body text NOT NULL,
  written_by uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE correction (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  observation_id uuid NOT NULL REFERENCES observation (id),
  version integer NOT NULL,
  content jsonb NOT NULL,
  reason text NOT NULL,
  corrected_by uuid NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT correction_version_key UNIQUE (observation_id, version));
CREATE INDEX dose_break_glass_session ON dose_break_glass (session_id);
CREATE INDEX benefit_risk_note_session ON benefit_risk_note (session_id);
CREATE INDEX infusion_session ON infusion (session_id);
CREATE INDEX dose_not_given_session ON dose_not_given (session_id);
CREATE INDEX alert_session ON alert (session_id);
CREATE INDEX alert_site ON alert (network_id, site_id, raised_at);
CREATE INDEX session_anchor_session ON session_anchor (session_id, anchored_at);
CREATE INDEX follow_up_patient ON follow_up (network_id, patient_id);
CREATE INDEX adverse_event_patient ON adverse_event (network_id, patient_id);
CREATE INDEX session_note_session ON session_note (session_id);
CREATE INDEX correction_session ON correction (session_id);
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_READINGS)
    migrations.script(_TABLES)
    migrations.script(_MORE)
    migrations.tenants(
        "monitor_assignment",
        "dose_break_glass",
        "dose_break_glass_confirmation",
        "dose_break_glass_use",
        "benefit_risk_note",
        "infusion",
        "infusion_event",
        "dose_not_given",
        "drug_stop",
        "alert",
        "alert_acknowledgement",
        "session_anchor",
        "device_batch",
        "device_reading",
        "discharge_override",
        "discharge_instruction",
        "departure",
        "follow_up",
        "adverse_event",
        "session_note",
        "correction",
    )
