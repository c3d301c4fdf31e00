"""Courses, the proposals they come from, and claims of many visits taken in one order."""

from kairos_chassis import migrations

revision = "0007"
down_revision = "0006"

_TABLES = """
CREATE TABLE course (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  protocol text NOT NULL,
  protocol_version text NOT NULL,
  booked_by uuid NOT NULL,
  booked_at timestamptz NOT NULL);
CREATE INDEX course_patient ON course (network_id, patient_id, id);
CREATE TABLE course_step (
  course_id uuid NOT NULL REFERENCES course (id),
  code text NOT NULL,
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL UNIQUE REFERENCES visit (id),
  PRIMARY KEY (course_id, code));
CREATE TABLE course_proposal (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  protocol text NOT NULL,
  protocol_version text NOT NULL,
  course_id uuid REFERENCES course (id),
  options jsonb NOT NULL,
  made_by uuid NOT NULL,
  made_at timestamptz NOT NULL);
CREATE INDEX course_proposal_patient ON course_proposal (network_id, patient_id, id);
"""

# As `occupy`, for the claims of several visits at once: one order over all of them, so that two
# courses that want the same people cannot wait for each other in a circle.
_OCCUPY = """
CREATE FUNCTION occupy_visits(
  the_network uuid, at timestamptz, visits uuid[],
  kinds text[], ids uuid[], starts timestamptz[], ends timestamptz[], lane_counts integer[])
RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
  claim record;
BEGIN
  FOR claim IN
    SELECT n, visit, kind, id, since, till, lane_count
    FROM unnest(visits, kinds, ids, starts, ends, lane_counts)
      WITH ORDINALITY AS c(visit, kind, id, since, till, lane_count, n)
    ORDER BY kind, id, since, n
  LOOP
    IF EXISTS (SELECT FROM occupy(the_network, claim.visit, NULL, NULL, at, ARRAY[claim.kind],
        ARRAY[claim.id], ARRAY[claim.since], ARRAY[claim.till], ARRAY[claim.lane_count])) THEN
      RETURN NEXT claim.n::integer;
    END IF;
  END LOOP;
END $$;
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLES + _OCCUPY)
    migrations.tenants("course", "course_step", "course_proposal")
