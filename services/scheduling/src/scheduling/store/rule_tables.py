"""Tables of a network's own policy, of records that are one person, and of weekly series."""

from kairos_chassis.words import Words
from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text, Time, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from scheduling.store.declared import ident, instant, metadata, tenant_table

# What a network, or one of its sites, sets beside the policy that is shipped. Only ever added.
policy_version = tenant_table(
    "policy_version",
    ident("site_id", ForeignKey("site.id"), nullable=True),
    Column("version", Integer, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("loosens", ARRAY(Text), nullable=False),
    Column("reason", Text, nullable=False),
    ident("set_by"),
    ident("signed_by", nullable=True),
    instant("set_at"),
)

# Two records that are one person, as intake says; `parted_at` once they are two again.
patient_link = Table(
    "patient_link",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("merged_patient_id", Uuid, primary_key=True),
    ident("surviving_patient_id"),
    instant("merged_at"),
    instant("parted_at", nullable=True),
)

patient_initials = Table(
    "patient_initials",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("initials", Words),
    ident("set_by"),
    instant("set_at"),
)

# Which version of a clearance the visits have followed: it outlives a rebuild of the clearance.
clearance_followed = Table(
    "clearance_followed",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
)

visit_series = tenant_table(
    "visit_series",
    ident("patient_id"),
    ident("site_id", ForeignKey("site.id")),
    Column("visit_type", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("first_on", Date, nullable=False),
    Column("clock", Time, nullable=False),
    Column("every_weeks", Integer, nullable=False),
    Column("tzdata_version", Text, nullable=False),
    ident("booked_by"),
    instant("booked_at"),
)

visit_series_visit = Table(
    "visit_series_visit",
    metadata,
    Column("series_id", Uuid, ForeignKey("visit_series.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    ident("network_id"),
    Column("visit_id", Uuid, ForeignKey("visit.id"), nullable=False, unique=True),
    Column("clock_change", Text, nullable=False),
)
