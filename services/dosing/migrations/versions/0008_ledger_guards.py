"""The ledger guards itself in the database; counts, transfers, destruction, inventories."""

from kairos_chassis import migrations

revision = "0008"
down_revision = "0007"
contract = "widens checks: every row that the version before writes still fits them"

_WIDER = """
ALTER TABLE session DROP CONSTRAINT session_state_check;
ALTER TABLE session ADD CONSTRAINT session_state_check CHECK (state IN ('checked_in', 'ready',
  'dosing', 'monitoring', 'dischargeable', 'discharged', 'aborted', 'transferred',
  'left_against_advice'));
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_kind_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_kind_check CHECK (kind IN ('receive', 'draw',
  'administer', 'waste', 'return', 'transfer_out', 'transfer_in', 'destroy', 'count', 'adjust_in',
  'adjust_out', 'loss', 'quarantine'));
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_amount_mg_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_amount_mg_check CHECK (
  amount_mg > 0 OR (amount_mg = 0 AND kind IN ('count', 'quarantine')));
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_check1;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_draw_check CHECK (
  (kind IN ('draw', 'administer', 'waste', 'return')) = (draw_id IS NOT NULL));
ALTER TABLE ledger_entry ADD COLUMN reason text;
ALTER TABLE container ADD COLUMN ownership text NOT NULL DEFAULT 'clinic_stock';
ALTER TABLE container ADD COLUMN patient_id uuid;
ALTER TABLE container ADD COLUMN first_drawn_at timestamptz;
ALTER TABLE container ADD CONSTRAINT container_ownership_check CHECK (
  ownership IN ('clinic_stock', 'patient_specific_held', 'patient_own')
  AND (ownership = 'clinic_stock') = (patient_id IS NULL));
"""

_TABLES = """
CREATE TABLE receipt (
  container_id uuid NOT NULL REFERENCES container (id),
  network_id uuid NOT NULL,
  supplier_name text NOT NULL,
  supplier_address text NOT NULL,
  supplier_dea text NOT NULL,
  invoice text NOT NULL,
  received_on date NOT NULL,
  PRIMARY KEY (container_id));
CREATE TABLE discrepancy (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL,
  container_id uuid NOT NULL REFERENCES container (id),
  count_id uuid NOT NULL REFERENCES ledger_entry (id),
  book_mg numeric(12,3) NOT NULL,
  counted_mg numeric(12,3) NOT NULL,
  discovered_by uuid NOT NULL,
  discovered_at timestamptz NOT NULL,
  notify_due_at timestamptz NOT NULL,
  report_due_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE discrepancy_step (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  discrepancy_id uuid NOT NULL REFERENCES discrepancy (id),
  kind text NOT NULL CHECK (kind IN ('explained', 'loss', 'notified', 'reported')),
  reason text NOT NULL,
  done_by uuid NOT NULL,
  witness uuid,
  done_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE day_close (
  network_id uuid NOT NULL,
  site_id uuid NOT NULL,
  day date NOT NULL,
  closed_by uuid NOT NULL,
  closed_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, site_id, day));
CREATE TABLE transfer (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  from_container_id uuid NOT NULL REFERENCES container (id),
  from_site_id uuid NOT NULL,
  to_site_id uuid NOT NULL,
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  sent_by uuid NOT NULL,
  sent_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE transfer_receipt (
  transfer_id uuid NOT NULL REFERENCES transfer (id),
  network_id uuid NOT NULL,
  to_container_id uuid NOT NULL REFERENCES container (id),
  received_by uuid NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (transfer_id));
CREATE TABLE destruction (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  container_id uuid NOT NULL REFERENCES container (id),
  amount_mg numeric(12,3) NOT NULL CHECK (amount_mg > 0),
  method text NOT NULL,
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE destruction_witness (
  destruction_id uuid NOT NULL REFERENCES destruction (id),
  witness uuid NOT NULL,
  network_id uuid NOT NULL,
  witnessed_at timestamptz NOT NULL,
  PRIMARY KEY (destruction_id, witness));
CREATE TABLE inventory (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('initial', 'biennial', 'other')),
  time_of_day text NOT NULL CHECK (time_of_day IN ('opening', 'close')),
  taken_on date NOT NULL,
  lines jsonb NOT NULL,
  taken_by uuid NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE ledger_checkpoint (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  seq integer NOT NULL,
  prior_root text NOT NULL,
  root text NOT NULL,
  entries bigint NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE ledger_checkpoint_head (
  checkpoint_id uuid NOT NULL REFERENCES ledger_checkpoint (id),
  container_id uuid NOT NULL REFERENCES container (id),
  network_id uuid NOT NULL,
  last_seq integer NOT NULL,
  last_hash text NOT NULL,
  PRIMARY KEY (checkpoint_id, container_id));
CREATE INDEX discrepancy_site ON discrepancy (network_id, site_id);
CREATE INDEX discrepancy_step_discrepancy ON discrepancy_step (discrepancy_id);
CREATE INDEX transfer_site ON transfer (network_id, to_site_id);
CREATE INDEX destruction_container ON destruction (container_id);
CREATE INDEX inventory_site ON inventory (network_id, site_id);
CREATE UNIQUE INDEX ledger_checkpoint_seq ON ledger_checkpoint (network_id, seq);
"""

_GUARDS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION guard_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before ledger_entry%ROWTYPE;
  box container%ROWTYPE;
  sign integer;
  open_mg numeric;
BEGIN
  SELECT * INTO before FROM ledger_entry WHERE container_id = NEW.container_id
    ORDER BY seq DESC LIMIT 1;
  sign := CASE
    WHEN NEW.kind IN ('receive', 'return', 'transfer_in', 'adjust_in') THEN 1
    WHEN NEW.kind IN ('draw', 'transfer_out', 'destroy', 'adjust_out', 'loss') THEN -1
    ELSE 0 END;
  IF NEW.seq <> coalesce(before.seq, 0) + 1
     OR (before.seq IS NOT NULL AND NEW.prior_hash <> before.hash)
     OR NEW.balance_after_mg <> coalesce(before.balance_after_mg, 0) + sign * NEW.amount_mg THEN
    RAISE EXCEPTION 'ledger entry does not follow the one before'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kind IN ('administer', 'waste', 'return') THEN
    SELECT sum(CASE WHEN kind = 'draw' THEN amount_mg ELSE -amount_mg END) INTO open_mg
      FROM ledger_entry WHERE draw_id = NEW.draw_id AND container_id = NEW.container_id;
    IF open_mg IS NULL OR NEW.amount_mg > open_mg THEN
      RAISE EXCEPTION 'more of a draw is accounted for than was drawn'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF NEW.kind IN ('draw', 'transfer_out') THEN
    SELECT * INTO box FROM container WHERE id = NEW.container_id;
    IF NEW.kind = 'transfer_out' AND box.ownership <> 'clinic_stock' THEN
      RAISE EXCEPTION 'patient-specific stock is not transferable'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.kind = 'draw' AND EXISTS (SELECT FROM lot_quarantine q
        WHERE q.product = box.product AND upper(q.lot) = upper(box.lot)) THEN
      RAISE EXCEPTION 'the lot is quarantined' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_ledger_entry BEFORE INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION guard_ledger_entry();
CREATE FUNCTION guard_container() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  newest ledger_entry%ROWTYPE;
  box container%ROWTYPE;
BEGIN
  SELECT * INTO box FROM container WHERE id = NEW.id;
  SELECT * INTO newest FROM ledger_entry WHERE container_id = NEW.id ORDER BY seq DESC LIMIT 1;
  IF newest.seq IS DISTINCT FROM box.last_seq OR newest.hash IS DISTINCT FROM box.last_hash
     OR newest.balance_after_mg IS DISTINCT FROM box.balance_mg THEN
    RAISE EXCEPTION 'a container stands where its ledger does not'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER guard_container AFTER INSERT OR UPDATE ON container
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard_container();
CREATE FUNCTION guard_session_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('discharged', 'aborted', 'left_against_advice', 'transferred') AND EXISTS (
      SELECT FROM ledger_entry WHERE session_id = NEW.id GROUP BY draw_id
      HAVING sum(CASE WHEN kind = 'draw' THEN amount_mg ELSE -amount_mg END) <> 0)
     AND NEW.state <> 'left_against_advice' THEN
    RAISE EXCEPTION 'drawn drug is unaccounted for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER guard_session_end AFTER UPDATE ON session
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard_session_end();
"""

_APPEND_ONLY = (
    "ledger_entry",
    "dose",
    "dose_check",
    "observation",
    "session_move",
    "administration_refusal",
    "discharge",
    "lot_quarantine",
    "waste_request",
    "infusion",
    "infusion_event",
    "alert",
    "alert_acknowledgement",
    "drug_stop",
    "departure",
    "adverse_event",
    "correction",
    "session_note",
    "device_reading",
    "exposure",
    "dose_break_glass",
    "dose_break_glass_confirmation",
    "dose_break_glass_use",
    "discharge_override",
)
_STOCK = (
    "receipt",
    "discrepancy",
    "discrepancy_step",
    "day_close",
    "transfer",
    "transfer_receipt",
    "destruction",
    "destruction_witness",
    "inventory",
    "ledger_checkpoint",
    "ledger_checkpoint_head",
)


def upgrade() -> None:
    """Expand."""
    migrations.script(_WIDER)
    migrations.script(_TABLES)
    migrations.tenants(
        "receipt",
        "discrepancy",
        "discrepancy_step",
        "day_close",
        "transfer",
        "transfer_receipt",
        "destruction",
        "destruction_witness",
        "inventory",
        "ledger_checkpoint",
        "ledger_checkpoint_head",
    )
    migrations.script(_GUARDS)
    for table in (*_APPEND_ONLY, *_STOCK):
        migrations.script(
            f"CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
            f"CREATE TRIGGER append_only BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        )
    role = migrations.runtime_role()
    migrations.script(f"GRANT UPDATE (first_drawn_at) ON container TO {role};")
