"""The ledger keeps what is running into a patient, and names what it refuses.

An infusion reaches the ledger at its end: until then all of its plan belongs to it, so that what
it has given can always be entered. A guard of its own beside the ledger's, and before it: its name
comes first.
"""

from kairos_chassis import migrations

revision = "0016"
down_revision = "0015"

_GUARD = """
CREATE FUNCTION guard_draw_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  open_mg numeric;
  running_mg numeric := 0;
BEGIN
  SELECT sum(CASE WHEN kind = 'draw' THEN amount_mg ELSE -amount_mg END) INTO open_mg
    FROM ledger_entry WHERE draw_id = NEW.draw_id AND container_id = NEW.container_id;
  IF NEW.kind <> 'administer' THEN
    SELECT coalesce(sum(planned_mg), 0) INTO running_mg FROM infusion i
      WHERE i.session_id = NEW.session_id AND i.draw_id = NEW.draw_id
        AND NOT EXISTS (SELECT FROM infusion_event e
          WHERE e.infusion_id = i.id AND e.kind IN ('stop', 'complete'));
  END IF;
  IF open_mg IS NULL OR NEW.amount_mg > open_mg - running_mg THEN
    RAISE EXCEPTION 'more of a draw is accounted for than is in hand'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_entry_draw_held';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_draw_in_use BEFORE INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.kind IN ('administer', 'waste', 'return'))
  EXECUTE FUNCTION guard_draw_in_use();
"""


def upgrade() -> None:
    """Expand: one more guard."""
    migrations.script(_GUARD)
