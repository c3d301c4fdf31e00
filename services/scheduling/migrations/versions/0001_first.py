"""The platform's tables; sites, staff, clearance, visits and what they occupy."""

from kairos_chassis import migrations

revision = "0001"
down_revision = None

_PLACES_AND_PEOPLE = """
CREATE TABLE site (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  name text NOT NULL,
  zone text NOT NULL,
  state text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
  added_at timestamptz NOT NULL);
CREATE INDEX site_network ON site (network_id, id);
CREATE TABLE room (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  site_id uuid NOT NULL REFERENCES site (id),
  name text NOT NULL,
  added_at timestamptz NOT NULL);
CREATE INDEX room_site ON room (network_id, site_id, id);
CREATE TABLE practitioner (
  network_id uuid NOT NULL,
  id uuid NOT NULL,
  display_name text NOT NULL,
  roles text[] NOT NULL CHECK (cardinality(roles) > 0),
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, id));
CREATE TABLE credential (
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  network_id uuid NOT NULL,
  practitioner_id uuid NOT NULL,
  kind text NOT NULL,
  number text NOT NULL,
  issuer text NOT NULL,
  state text CHECK (state ~ '^[A-Z]{2}$'),
  issued_on date NOT NULL,
  expires_on date NOT NULL CHECK (expires_on >= issued_on),
  status text NOT NULL CHECK (status IN ('active', 'suspended')),
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id, version),
  FOREIGN KEY (network_id, practitioner_id) REFERENCES practitioner (network_id, id));
CREATE INDEX credential_practitioner ON credential (network_id, practitioner_id, id, version DESC);
"""

_VISITS = """
CREATE TABLE clearance (
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  changed_at timestamptz NOT NULL,
  routes jsonb NOT NULL,
  PRIMARY KEY (network_id, patient_id));
CREATE TABLE visit (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL REFERENCES site (id),
  room_id uuid REFERENCES room (id),
  visit_type text NOT NULL,
  visit_type_version text NOT NULL,
  route text,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  local_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('booked', 'held', 'checked_in')),
  held_reason text,
  booked_at timestamptz NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  CHECK ((state = 'held') = (held_reason IS NOT NULL)));
CREATE INDEX visit_start ON visit (network_id, starts_at, id);
CREATE INDEX visit_day ON visit (network_id, site_id, local_on, starts_at, id);
CREATE INDEX visit_patient ON visit (network_id, patient_id, starts_at, id);
CREATE TABLE visit_staff (
  visit_id uuid NOT NULL REFERENCES visit (id),
  role text NOT NULL,
  network_id uuid NOT NULL,
  practitioner_id uuid NOT NULL,
  PRIMARY KEY (visit_id, role),
  FOREIGN KEY (network_id, practitioner_id) REFERENCES practitioner (network_id, id));
CREATE TABLE check_in (
  visit_id uuid PRIMARY KEY REFERENCES visit (id),
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  escort_confirmed boolean NOT NULL,
  fasting text CHECK (fasting IN ('kept', 'not_kept')),
  policy_version text NOT NULL,
  checked_in_by uuid NOT NULL,
  checked_in_at timestamptz NOT NULL);
"""

# Nobody and nothing is in two places at once: the network is part of the constraint, so that one
# network can neither block nor probe another.
_OCCUPANCY = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE occupancy (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  network_id uuid NOT NULL,
  resource_kind text NOT NULL CHECK (resource_kind IN ('patient', 'practitioner', 'room')),
  resource_id uuid NOT NULL,
  during tstzrange NOT NULL CHECK (NOT isempty(during)),
  visit_id uuid NOT NULL REFERENCES visit (id),
  CONSTRAINT occupancy_free EXCLUDE USING gist
    (network_id WITH =, resource_kind WITH =, resource_id WITH =, during WITH &&));
CREATE INDEX occupancy_visit ON occupancy (visit_id);
"""


def upgrade() -> None:
    """Expand."""
    migrations.platform_v1()
    migrations.script(_PLACES_AND_PEOPLE + _VISITS + _OCCUPANCY)
    migrations.tenants("site", "room", "credential", "visit_staff", "check_in", "occupancy")
    # Bookings lock these rows, which PostgreSQL allows to those only who may update them.
    migrations.tenants("practitioner", rights="SELECT, INSERT")
    migrations.script(
        f"GRANT UPDATE (display_name) ON practitioner TO {migrations.runtime_role()};"
    )
    migrations.tenants("clearance", "visit", rights="SELECT, INSERT, UPDATE")
