"""What is owed after a dose, the waitlist, calendar feeds, reminders and reviews."""

from kairos_chassis import migrations

revision = "0008"
down_revision = "0007"

_DUTIES = """
CREATE TABLE integration_duty (
  session_id uuid NOT NULL,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL,
  dosing_visit_id uuid NOT NULL,
  route text NOT NULL,
  last_dose_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('owed', 'met', 'breached', 'closed')),
  breach_id uuid,
  owner_id uuid,
  breached_at timestamptz,
  resolution text,
  settled_by uuid,
  settled_at timestamptz,
  PRIMARY KEY (network_id, session_id),
  CHECK ((breach_id IS NULL) = (breached_at IS NULL)));
CREATE INDEX integration_duty_patient ON integration_duty (network_id, patient_id, last_dose_at);
CREATE INDEX integration_duty_breached ON integration_duty (network_id, breached_at, session_id)
  WHERE state = 'breached';
CREATE TABLE consent_reaffirmation (
  visit_id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  reaffirmed_at timestamptz NOT NULL);
ALTER TABLE check_in ADD COLUMN screen text, ADD COLUMN consent_reaffirmed boolean;
"""

_WAITLIST = """
CREATE TABLE waitlist_entry (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  visit_type text NOT NULL,
  site_ids uuid[] NOT NULL,
  earliest_at timestamptz NOT NULL,
  latest_at timestamptz NOT NULL CHECK (latest_at > earliest_at),
  urgent boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'offered', 'booked', 'left', 'expired')),
  joined_at timestamptz NOT NULL,
  passed_over integer NOT NULL DEFAULT 0);
CREATE INDEX waitlist_entry_order ON waitlist_entry (network_id, state, urgent DESC, joined_at, id);
CREATE TABLE waitlist_offer (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  entry_id uuid NOT NULL REFERENCES waitlist_entry (id),
  hold_id uuid NOT NULL REFERENCES slot_hold (id),
  patient_id uuid NOT NULL,
  site_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired')),
  offered_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL);
CREATE INDEX waitlist_offer_entry ON waitlist_offer (network_id, entry_id, offered_at);
"""

_FEEDS = """
CREATE TABLE calendar_feed (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  digest bytea NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('practitioner', 'room', 'patient')),
  subject_id uuid NOT NULL,
  made_by uuid NOT NULL,
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz);
CREATE TABLE reminder_address (
  network_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  address text,
  language text NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, patient_id));
CREATE TABLE reminder (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL REFERENCES visit (id),
  patient_id uuid NOT NULL,
  kind text NOT NULL,
  due_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'failed', 'dropped')),
  attempts integer NOT NULL DEFAULT 0,
  channel text,
  problem text,
  changed_at timestamptz NOT NULL,
  UNIQUE (network_id, visit_id, kind));
CREATE TABLE review (
  network_id uuid NOT NULL,
  visit_id uuid NOT NULL REFERENCES visit (id),
  practitioner_id uuid NOT NULL,
  patient_id uuid NOT NULL,
  rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
  codes text[] NOT NULL,
  left_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, visit_id, practitioner_id));
CREATE INDEX review_practitioner ON review (network_id, practitioner_id);
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_DUTIES + _WAITLIST + _FEEDS)
    migrations.tenants("consent_reaffirmation", "review")
    migrations.tenants(
        "integration_duty",
        "waitlist_entry",
        "waitlist_offer",
        "calendar_feed",
        "reminder_address",
        "reminder",
        rights="SELECT, INSERT, UPDATE",
    )
