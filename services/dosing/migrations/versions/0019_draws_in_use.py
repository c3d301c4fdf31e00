"""The ledger's guard names what it refuses, and keeps what is running into a patient.

An infusion reaches the ledger at its end: until then all of its plan belongs to it, so that what
it has given can always be entered.
"""

from kairos_chassis import migrations

revision = "0019"
down_revision = "0014"

_GUARD = """
CREATE OR REPLACE FUNCTION guard_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before ledger_entry%ROWTYPE;
  box container%ROWTYPE;
  sign integer;
  open_mg numeric;
  running_mg numeric := 0;
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
    IF NEW.kind <> 'administer' THEN
      SELECT coalesce(sum(planned_mg), 0) INTO running_mg FROM infusion i
        WHERE i.session_id = NEW.session_id AND i.draw_id = NEW.draw_id
          AND NOT EXISTS (SELECT FROM infusion_event e
            WHERE e.infusion_id = i.id AND e.kind IN ('stop', 'complete'));
    END IF;
    IF open_mg IS NULL OR NEW.amount_mg > open_mg - running_mg THEN
      RAISE EXCEPTION 'more of a draw is accounted for than was drawn'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_entry_draw_held';
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
"""


def upgrade() -> None:
    """Expand: the same guard, which refuses more."""
    migrations.script(_GUARD)
