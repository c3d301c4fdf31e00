"""Tables of what is owed after a dose, of the waitlist, of feeds, reminders and reviews."""

from kairos_chassis.words import Words
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from scheduling.store.declared import ident, instant, metadata, tenant_table

integration_duty = Table(
    "integration_duty",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("session_id", Uuid, primary_key=True),
    ident("patient_id"),
    ident("site_id"),
    ident("dosing_visit_id"),
    Column("route", Text, nullable=False),
    instant("last_dose_at"),
    instant("due_at"),
    Column("state", Text, nullable=False),
    ident("breach_id", nullable=True),
    ident("owner_id", nullable=True),
    instant("breached_at", nullable=True),
    Column("resolution", Text),
    ident("settled_by", nullable=True),
    instant("settled_at", nullable=True),
)

consent_reaffirmation = Table(
    "consent_reaffirmation",
    metadata,
    Column("visit_id", Uuid, primary_key=True),
    ident("network_id"),
    ident("patient_id"),
    instant("reaffirmed_at"),
)

waitlist_entry = tenant_table(
    "waitlist_entry",
    ident("patient_id"),
    Column("visit_type", Text, nullable=False),
    Column("site_ids", ARRAY(Uuid), nullable=False),
    instant("earliest_at"),
    instant("latest_at"),
    Column("urgent", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    instant("joined_at"),
    Column("passed_over", Integer, nullable=False, server_default="0"),
)

waitlist_offer = tenant_table(
    "waitlist_offer",
    ident("entry_id", ForeignKey("waitlist_entry.id")),
    ident("hold_id", ForeignKey("slot_hold.id")),
    ident("patient_id"),
    ident("site_id"),
    instant("starts_at"),
    Column("state", Text, nullable=False),
    instant("offered_at"),
    instant("expires_at"),
)

calendar_feed = tenant_table(
    "calendar_feed",
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    ident("subject_id"),
    ident("made_by"),
    instant("made_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
)

reminder_address = Table(
    "reminder_address",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("address", Words),
    Column("language", Text, nullable=False),
    instant("set_at"),
)

reminder = tenant_table(
    "reminder",
    ident("visit_id", ForeignKey("visit.id")),
    ident("patient_id"),
    Column("kind", Text, nullable=False),
    instant("due_at"),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("channel", Text),
    Column("problem", Text),
    instant("changed_at"),
    UniqueConstraint("network_id", "visit_id", "kind"),
)

review = Table(
    "review",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("visit_id", Uuid, ForeignKey("visit.id"), primary_key=True),
    Column("practitioner_id", Uuid, primary_key=True),
    ident("patient_id"),
    Column("rating", SmallInteger, nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    instant("left_at"),
)
