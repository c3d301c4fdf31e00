"""A quarantined lot can be released by two; who watches one to one; a site's time zone."""

from kairos_chassis import migrations

revision = "0015"
down_revision = "0014"
contract = (
    "checks and a key give way to wider ones: whatever the version before writes still passes, and"
    " a lot that only the new version released is quarantined for it"
)

_TABLES = """
ALTER TABLE monitor_assignment ADD COLUMN one_to_one boolean NOT NULL DEFAULT false;
ALTER TABLE site_setting ADD COLUMN zone text;
ALTER TABLE lot_quarantine ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE lot_quarantine DROP CONSTRAINT lot_quarantine_pkey;
ALTER TABLE lot_quarantine ADD PRIMARY KEY (id);
CREATE INDEX lot_quarantine_lot ON lot_quarantine (network_id, product, upper(lot));
CREATE TABLE lot_release (
  id uuid NOT NULL,
  network_id uuid NOT NULL,
  quarantine_id uuid NOT NULL REFERENCES lot_quarantine (id),
  reason text NOT NULL,
  recall_notice text,
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX lot_release_quarantine ON lot_release (quarantine_id);
CREATE TABLE lot_release_confirmation (
  release_id uuid NOT NULL REFERENCES lot_release (id),
  network_id uuid NOT NULL,
  confirmed_by uuid NOT NULL,
  confirmed_at timestamptz NOT NULL,
  PRIMARY KEY (release_id));
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_kind_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_kind_check CHECK (kind IN ('receive', 'draw',
  'administer', 'waste', 'return', 'transfer_out', 'transfer_in', 'destroy', 'count', 'adjust_in',
  'adjust_out', 'loss', 'quarantine', 'release'));
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_amount_mg_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_amount_mg_check CHECK (
  amount_mg > 0 OR (amount_mg = 0 AND kind IN ('count', 'quarantine', 'release')));
"""

_GUARDS = """
CREATE OR REPLACE FUNCTION guard_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHERE q.product = box.product AND upper(q.lot) = upper(box.lot)
        AND NOT EXISTS (SELECT FROM lot_release r
          JOIN lot_release_confirmation c ON c.release_id = r.id
          WHERE r.quarantine_id = q.id)) THEN
      RAISE EXCEPTION 'the lot is quarantined' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION guard_lot_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM lot_release r JOIN lot_quarantine q ON q.id = r.quarantine_id
      WHERE r.id = NEW.release_id
      AND (r.asked_by = NEW.confirmed_by OR (q.reason = 'recall' AND r.recall_notice IS NULL))) THEN
    RAISE EXCEPTION 'a lot is released by two, and a recalled one once the recall is withdrawn'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_lot_release BEFORE INSERT ON lot_release_confirmation
  FOR EACH ROW EXECUTE FUNCTION guard_lot_release();
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLES)
    migrations.tenants("lot_release", "lot_release_confirmation")
    migrations.script(_GUARDS)
    for table in ("lot_release", "lot_release_confirmation"):
        migrations.script(
            f"CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
            f"CREATE TRIGGER append_only BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        )
