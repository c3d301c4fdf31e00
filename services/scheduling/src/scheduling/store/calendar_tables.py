"""Tables of hours, closures and equipment, of holds, and of how visits change."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE

from scheduling.store.declared import ident, instant, metadata, tenant_table

# A site's opening hours (no practitioner), or a practitioner's hours at it; local times.
weekly_hours = tenant_table(
    "weekly_hours",
    ident("site_id", ForeignKey("site.id")),
    ident("practitioner_id", nullable=True),
    Column("weekday", SmallInteger, nullable=False),
    Column("opens_at", Time, nullable=False),
    Column("closes_at", Time, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    instant("added_at"),
    ForeignKeyConstraint(
        ["network_id", "practitioner_id"], ["practitioner.network_id", "practitioner.id"]
    ),
)

closure = tenant_table(
    "closure",
    Column("resource_kind", Text, nullable=False),
    ident("resource_id"),
    instant("starts_at"),
    instant("ends_at"),
    Column("reason", Text, nullable=False),
    ident("added_by"),
    instant("added_at"),
)

equipment = tenant_table(
    "equipment",
    ident("site_id", ForeignKey("site.id")),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    instant("added_at"),
)

monitor_limit = Table(
    "monitor_limit",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("patients_per_monitor", Integer, nullable=False),
    instant("set_at"),
)

visit_change = Table(
    "visit_change",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    ident("network_id"),
    ident("visit_id", ForeignKey("visit.id")),
    ident("patient_id"),
    Column("version", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("was", JSONB, nullable=False),
    ident("changed_by", nullable=True),
    instant("changed_at"),
)

slot_hold = tenant_table(
    "slot_hold",
    ident("patient_id"),
    ident("site_id", ForeignKey("site.id")),
    ident("room_id", ForeignKey("room.id"), nullable=True),
    Column("equipment_ids", ARRAY(Uuid), nullable=False),
    Column("visit_type", Text, nullable=False),
    instant("starts_at"),
    instant("ends_at"),
    Column("staff", JSONB, nullable=False),
    Column("one_to_one", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    instant("expires_at"),
    ident("held_by"),
    instant("held_at"),
)

overbooking = Table(
    "overbooking",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    ident("network_id"),
    ident("visit_id", ForeignKey("visit.id")),
    Column("resource_kind", Text, nullable=False),
    ident("resource_id"),
    Column("during", TSTZRANGE, nullable=False),
    Column("reason", Text, nullable=False),
    ident("authorised_by"),
    instant("authorised_at"),
    instant("ended_at", nullable=True),
)

# Who has had a dose: the first one is watched one to one.
dosed_patient = Table(
    "dosed_patient",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    instant("first_dose_at"),
    instant("last_dose_at"),
)
