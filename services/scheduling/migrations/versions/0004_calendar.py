"""Hours, closures, equipment; holds that expire; monitor lanes; how visits change and end."""

from kairos_chassis import migrations

revision = "0004"
down_revision = "0003"
contract = (
    "closed lists only widen, and the exclusion keeps all it kept: what ran before still runs"
)

_RESOURCES = """
CREATE TABLE weekly_hours (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL REFERENCES site (id),
  practitioner_id uuid,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens_at time NOT NULL,
  closes_at time NOT NULL CHECK (closes_at > opens_at),
  valid_from date NOT NULL,
  valid_until date CHECK (valid_until >= valid_from - 1),
  added_at timestamptz NOT NULL,
  FOREIGN KEY (network_id, practitioner_id) REFERENCES practitioner (network_id, id));
CREATE INDEX weekly_hours_site ON weekly_hours (network_id, site_id, practitioner_id);
CREATE TABLE closure (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  resource_kind text NOT NULL
    CHECK (resource_kind IN ('site', 'room', 'equipment', 'practitioner')),
  resource_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  reason text NOT NULL,
  added_by uuid NOT NULL,
  added_at timestamptz NOT NULL);
CREATE INDEX closure_resource ON closure (network_id, resource_kind, resource_id, ends_at);
CREATE TABLE equipment (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL REFERENCES site (id),
  kind text NOT NULL,
  name text NOT NULL,
  added_at timestamptz NOT NULL);
CREATE INDEX equipment_site ON equipment (network_id, site_id, kind, id);
CREATE TABLE dosed_patient (
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  first_dose_at timestamptz NOT NULL,
  last_dose_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, patient_id));
CREATE TABLE monitor_limit (
  network_id uuid PRIMARY KEY,
  patients_per_monitor integer NOT NULL CHECK (patients_per_monitor >= 1),
  set_at timestamptz NOT NULL);
"""

_VISITS = """
ALTER TABLE visit DROP CONSTRAINT visit_state_check;
ALTER TABLE visit ADD CONSTRAINT visit_state_check CHECK
  (state IN ('booked', 'held', 'checked_in', 'completed', 'cancelled', 'missed'));
ALTER TABLE visit
  ADD COLUMN equipment_ids uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN one_to_one boolean NOT NULL DEFAULT false,
  ADD COLUMN course_id uuid,
  ADD COLUMN ended_reason text,
  ADD COLUMN ended_at timestamptz;
CREATE TABLE visit_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL REFERENCES visit (id),
  patient_id uuid NOT NULL,
  version integer NOT NULL,
  change text NOT NULL,
  reason text NOT NULL,
  was jsonb NOT NULL,
  changed_by uuid,
  changed_at timestamptz NOT NULL);
CREATE INDEX visit_change_visit ON visit_change (network_id, visit_id, id);
CREATE TABLE slot_hold (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL REFERENCES site (id),
  room_id uuid REFERENCES room (id),
  equipment_ids uuid[] NOT NULL,
  visit_type text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  staff jsonb NOT NULL,
  one_to_one boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('held', 'booked', 'released', 'expired')),
  expires_at timestamptz NOT NULL,
  held_by uuid NOT NULL,
  held_at timestamptz NOT NULL);
CREATE INDEX slot_hold_patient ON slot_hold (network_id, patient_id, id);
CREATE TABLE overbooking (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL REFERENCES visit (id),
  resource_kind text NOT NULL,
  resource_id uuid NOT NULL,
  during tstzrange NOT NULL,
  reason text NOT NULL,
  authorised_by uuid NOT NULL,
  authorised_at timestamptz NOT NULL,
  ended_at timestamptz);
CREATE INDEX overbooking_visit ON overbooking (visit_id);
CREATE INDEX overbooking_resource ON overbooking (network_id, resource_kind, resource_id);
"""

# `lanes`: who watches patients has as many lanes as patients they may watch at a time. A visit that
# shares its monitor takes one lane, everything else takes all of them, so the one exclusion keeps
# people and things from being in two places and the monitor ratio, at every instant. What is given
# back keeps its row with no lane left: nothing that is empty overlaps.
_OCCUPANCY = """
ALTER TABLE occupancy
  ALTER COLUMN visit_id DROP NOT NULL,
  ADD COLUMN hold_id uuid REFERENCES slot_hold (id),
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN lanes int4range NOT NULL DEFAULT '[0,)';
ALTER TABLE occupancy DROP CONSTRAINT occupancy_resource_kind_check;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_resource_kind_check CHECK
  (resource_kind IN ('dosing_interval', 'patient', 'practitioner', 'room', 'equipment'));
ALTER TABLE occupancy ADD CONSTRAINT occupancy_owner CHECK
  ((visit_id IS NULL) <> (hold_id IS NULL) AND (hold_id IS NULL) = (expires_at IS NULL));
ALTER TABLE occupancy DROP CONSTRAINT occupancy_free;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_free EXCLUDE USING gist
  (network_id WITH =, resource_kind WITH =, resource_id WITH =, during WITH &&, lanes WITH &&);
CREATE INDEX occupancy_hold ON occupancy (hold_id) WHERE hold_id IS NOT NULL;
"""

# A lane beyond the network's limit cannot be written, whoever tries. Lowering the limit leaves what
# is booked and lets nothing new above it.
_RATIO = """
CREATE FUNCTION keep_monitor_ratio() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT upper_inf(NEW.lanes) AND upper(NEW.lanes) - 1 > coalesce(
       (SELECT patients_per_monitor FROM monitor_limit WHERE network_id = NEW.network_id), 1) THEN
    RAISE EXCEPTION 'more patients than a monitor may watch'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'monitor_ratio';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER monitor_ratio BEFORE INSERT OR UPDATE ON occupancy
  FOR EACH ROW EXECUTE FUNCTION keep_monitor_ratio();
"""

# Claims are taken one resource after the other in one order, so rivals wait for the first and never
# for each other in a circle; ON CONFLICT DO NOTHING then leaves out what is taken. What an expired
# hold still occupies is freed on the way. Answers the claims (by number) that others have.
_OCCUPY = """
CREATE FUNCTION occupy(
  the_network uuid, the_visit uuid, the_hold uuid, until timestamptz, at timestamptz,
  kinds text[], ids uuid[], starts timestamptz[], ends timestamptz[], lane_counts integer[])
RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
  claim record;
  lane integer;
  won boolean;
BEGIN
  FOR claim IN
    SELECT n, kind, id, tstzrange(since, till) AS during, lane_count
    FROM unnest(kinds, ids, starts, ends, lane_counts)
      WITH ORDINALITY AS c(kind, id, since, till, lane_count, n)
    ORDER BY kind, id, n
  LOOP
    UPDATE occupancy o SET lanes = 'empty'
    WHERE o.network_id = the_network AND o.resource_kind = claim.kind
      AND o.resource_id = claim.id AND o.during && claim.during AND o.expires_at <= at
      AND NOT isempty(o.lanes);
    won := false;
    FOR lane IN 1 .. greatest(claim.lane_count, 1) LOOP
      INSERT INTO occupancy
        (network_id, resource_kind, resource_id, during, lanes, visit_id, hold_id, expires_at)
      VALUES (the_network, claim.kind, claim.id, claim.during,
        CASE WHEN claim.lane_count = 0 THEN int4range(0, NULL) ELSE int4range(lane, lane + 1) END,
        the_visit, the_hold, until)
      ON CONFLICT DO NOTHING;
      won := FOUND;
      EXIT WHEN won;
    END LOOP;
    IF NOT won THEN
      RETURN NEXT claim.n::integer;
    END IF;
  END LOOP;
END $$;
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_RESOURCES + _VISITS + _OCCUPANCY + _RATIO + _OCCUPY)
    runtime = migrations.runtime_role()
    migrations.tenants("equipment", "closure", "visit_change", "overbooking")
    changing = ("slot_hold", "weekly_hours", "monitor_limit", "dosed_patient")
    migrations.tenants(*changing, rights="SELECT, INSERT, UPDATE")
    # A booking shares its site's row with other bookings and waits for a closure of it.
    migrations.script(
        f"GRANT UPDATE (name) ON site TO {runtime};"
        f"GRANT UPDATE (practitioner_id) ON visit_staff TO {runtime};"
        f"GRANT UPDATE (lanes, visit_id, hold_id, expires_at) ON occupancy TO {runtime};"
        f"GRANT UPDATE (ended_at) ON overbooking TO {runtime};"
    )
