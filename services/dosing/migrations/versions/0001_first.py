"""The platform's tables, sessions and what is charted in them, the ledger, and projections."""

from kairos_chassis import migrations

revision = "0001"
down_revision = None

_PROJECTIONS = """
CREATE TABLE clearance (
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  changed_at timestamptz NOT NULL,
  routes jsonb NOT NULL,
  PRIMARY KEY (network_id, patient_id));
CREATE TABLE safety_concern (
  network_id uuid NOT NULL,
  id uuid NOT NULL,
  patient_id uuid NOT NULL,
  trigger text,
  blocks_dosing boolean NOT NULL,
  raised_at timestamptz,
  acknowledged_at timestamptz,
  PRIMARY KEY (network_id, id));
CREATE INDEX safety_concern_patient ON safety_concern (network_id, patient_id);
CREATE TABLE practitioner (
  network_id uuid NOT NULL,
  id uuid NOT NULL,
  roles text[] NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, id));
CREATE TABLE credential (
  network_id uuid NOT NULL,
  id uuid NOT NULL,
  practitioner_id uuid NOT NULL,
  kind text NOT NULL,
  state text,
  issued_on date NOT NULL,
  expires_on date NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'suspended')),
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, id));
CREATE INDEX credential_practitioner ON credential (network_id, practitioner_id);
"""

_SESSIONS = """
CREATE TABLE patient_dosing (
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  last_dose_at timestamptz,
  last_dose_on date,
  last_iv_equivalent_mg_per_kg numeric(8,3),
  last_weight_kg numeric(6,3),
  PRIMARY KEY (network_id, patient_id));
CREATE TABLE session (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL,
  site_state text NOT NULL,
  site_zone text NOT NULL,
  route text NOT NULL,
  protocol_code text NOT NULL,
  protocol_version text NOT NULL,
  opened_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('checked_in', 'ready', 'dosing', 'monitoring',
    'dischargeable', 'discharged', 'aborted')),
  first_dose_at timestamptz,
  last_dose_at timestamptz,
  version integer NOT NULL CHECK (version >= 1),
  CONSTRAINT session_visit_key UNIQUE (network_id, visit_id),
  CHECK ((first_dose_at IS NULL) = (last_dose_at IS NULL)),
  CHECK (state NOT IN ('monitoring', 'dischargeable', 'discharged')
    OR first_dose_at IS NOT NULL));
CREATE INDEX session_site ON session (network_id, site_id, opened_at, id);
CREATE INDEX session_patient ON session (network_id, patient_id);
CREATE TABLE session_move (
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  seq integer NOT NULL,
  from_state text,
  to_state text NOT NULL,
  moved_by uuid,
  cause text NOT NULL,
  moved_at timestamptz NOT NULL,
  PRIMARY KEY (session_id, seq));
CREATE TABLE dose_order (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  route text NOT NULL,
  product text NOT NULL,
  ordered_value numeric(12,3) NOT NULL CHECK (ordered_value > 0),
  ordered_unit text NOT NULL CHECK (ordered_unit IN ('mg', 'mg_per_kg')),
  weight_kg numeric(6,3) NOT NULL CHECK (weight_kg > 0),
  weight_measured_at timestamptz NOT NULL,
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  amount_mg_per_kg numeric(8,3) NOT NULL,
  volume_ml numeric(8,2) NOT NULL CHECK (volume_ml > 0),
  iv_equivalent_mg_per_kg numeric(8,3) NOT NULL,
  soft_stops text[] NOT NULL,
  soft_stop_reason text,
  prescribed_by uuid NOT NULL,
  ordered_at timestamptz NOT NULL,
  cancelled_by uuid,
  cancelled_at timestamptz,
  version integer NOT NULL CHECK (version >= 1),
  CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)),
  CHECK (soft_stops = '{}' OR soft_stop_reason IS NOT NULL));
CREATE UNIQUE INDEX dose_order_active ON dose_order (session_id) WHERE cancelled_at IS NULL;
CREATE TABLE observation (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  observed_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid NOT NULL,
  minutes_since_first_dose integer CHECK (minutes_since_first_dose >= 0),
  systolic_mmhg smallint,
  diastolic_mmhg smallint,
  heart_rate_bpm smallint,
  respiratory_rate_bpm smallint,
  spo2_percent smallint CHECK (spo2_percent BETWEEN 0 AND 100),
  moaas smallint CHECK (moaas BETWEEN 0 AND 5),
  cadss6 smallint CHECK (cadss6 BETWEEN 0 AND 24),
  aldrete smallint[] CHECK (array_length(aldrete, 1) = 5),
  distress smallint CHECK (distress BETWEEN 0 AND 10),
  orientation smallint CHECK (orientation BETWEEN 0 AND 4),
  gait_steady boolean,
  nausea smallint CHECK (nausea BETWEEN 0 AND 3));
CREATE INDEX observation_session ON observation (session_id, observed_at);
CREATE INDEX observation_patient ON observation (network_id, patient_id, observed_at);
"""

_LEDGER = """
CREATE TABLE container (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL,
  product text NOT NULL,
  lot text NOT NULL,
  expires_on date NOT NULL,
  balance_mg numeric(12,3) NOT NULL CHECK (balance_mg >= 0),
  last_seq integer NOT NULL CHECK (last_seq >= 1),
  last_hash text NOT NULL,
  received_at timestamptz NOT NULL);
CREATE INDEX container_site ON container (network_id, site_id, id);
CREATE TABLE ledger_entry (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  container_id uuid NOT NULL REFERENCES container (id),
  seq integer NOT NULL CHECK (seq >= 1),
  kind text NOT NULL CHECK (kind IN ('receive', 'draw', 'administer', 'waste', 'return')),
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  balance_after_mg numeric(12,3) NOT NULL CHECK (balance_after_mg >= 0),
  entered_at timestamptz NOT NULL,
  actor uuid NOT NULL,
  witness uuid,
  session_id uuid REFERENCES session (id),
  draw_id uuid,
  reference_id uuid,
  prior_hash text NOT NULL,
  hash text NOT NULL,
  CONSTRAINT ledger_entry_seq_key UNIQUE (container_id, seq),
  CHECK (kind <> 'waste' OR (witness IS NOT NULL AND witness <> actor)),
  CHECK ((kind = 'receive') = (draw_id IS NULL)));
CREATE INDEX ledger_entry_session ON ledger_entry (session_id);
CREATE INDEX ledger_entry_draw ON ledger_entry (draw_id);
CREATE UNIQUE INDEX ledger_entry_reference ON ledger_entry (kind, reference_id);
CREATE TABLE waste_request (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  container_id uuid NOT NULL REFERENCES container (id),
  session_id uuid NOT NULL REFERENCES session (id),
  draw_id uuid NOT NULL REFERENCES ledger_entry (id),
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  reason text NOT NULL,
  requested_by uuid NOT NULL,
  requested_at timestamptz NOT NULL);
CREATE INDEX waste_request_draw ON waste_request (draw_id);
CREATE TABLE lot_quarantine (
  network_id uuid NOT NULL,
  product text NOT NULL,
  lot text NOT NULL,
  reason text NOT NULL,
  quarantined_by uuid NOT NULL,
  quarantined_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, product, lot));
"""

_DOSES = """
CREATE TABLE dose_check (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  order_id uuid NOT NULL REFERENCES dose_order (id),
  draw_id uuid NOT NULL REFERENCES ledger_entry (id),
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  checked_by uuid NOT NULL,
  checked_at timestamptz NOT NULL);
CREATE INDEX dose_check_session ON dose_check (session_id);
CREATE TABLE dose (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  command_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  order_id uuid NOT NULL REFERENCES dose_order (id),
  draw_id uuid NOT NULL REFERENCES ledger_entry (id),
  baseline_observation_id uuid NOT NULL REFERENCES observation (id),
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  administered_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  administered_by uuid NOT NULL,
  confirmation_id uuid NOT NULL,
  clearance_version integer NOT NULL CHECK (clearance_version >= 1),
  extra_monitoring text[] NOT NULL,
  CONSTRAINT dose_command_key UNIQUE (network_id, command_id));
CREATE INDEX dose_session ON dose (session_id);
CREATE TABLE administration_refusal (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  session_id uuid NOT NULL REFERENCES session (id),
  patient_id uuid NOT NULL,
  rules text[] NOT NULL CHECK (array_length(rules, 1) >= 1),
  requested_by uuid NOT NULL,
  refused_at timestamptz NOT NULL);
CREATE INDEX administration_refusal_session ON administration_refusal (session_id);
CREATE TABLE discharge (
  session_id uuid PRIMARY KEY REFERENCES session (id),
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  escort_id text NOT NULL,
  instructions_given boolean NOT NULL CHECK (instructions_given),
  crisis_number_given boolean NOT NULL CHECK (crisis_number_given),
  no_driving_agreed boolean NOT NULL CHECK (no_driving_agreed),
  signed_by uuid NOT NULL,
  discharged_at timestamptz NOT NULL);
"""


def upgrade() -> None:
    """Expand."""
    migrations.platform_v1()
    for part in (_PROJECTIONS, _SESSIONS, _LEDGER, _DOSES):
        migrations.script(part)
    current = ("clearance", "safety_concern", "practitioner", "credential", "patient_dosing")
    migrations.tenants(
        *current, "session", "dose_order", "container", rights="SELECT, INSERT, UPDATE"
    )
    migrations.tenants(
        "session_move",
        "observation",
        "ledger_entry",
        "waste_request",
        "lot_quarantine",
        "dose_check",
        "dose",
        "administration_refusal",
        "discharge",
    )
