"""Tables of practitioners and credentials, of clearances, and of broken visits."""

from sqlalchemy import Column, Date, ForeignKey, ForeignKeyConstraint, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from scheduling.store.declared import INSTANT, ident, instant, metadata, tenant_table

replan_task = tenant_table(
    "replan_task",
    ident("visit_id", ForeignKey("visit.id")),
    ident("patient_id"),
    ident("site_id", ForeignKey("site.id")),
    Column("reason", Text, nullable=False),
    ident("broken_practitioner_id", nullable=True),
    ident("owner_id", nullable=True),
    instant("opened_at"),
    Column("resolution", Text),
    ident("resolved_by", nullable=True),
    instant("resolved_at", nullable=True),
)

credential_alert = tenant_table(
    "credential_alert",
    ident("credential_id"),
    ident("practitioner_id"),
    Column("days_left", Integer, nullable=False),
    Column("expires_on", Date, nullable=False),
    instant("raised_at"),
    ident("acknowledged_by", nullable=True),
    instant("acknowledged_at", nullable=True),
)

# What intake last said; `routes` is {route: {cleared, reasons, expires_at}}.
clearance = Table(
    "clearance",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    Column("routes", JSONB, nullable=False),
)

# The id comes from the identity provider, where one person may belong to two networks.
practitioner = Table(
    "practitioner",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("registered_at", INSTANT, nullable=False),
    Column("languages", ARRAY(Text), nullable=False, server_default="{}"),
    Column("modalities", ARRAY(Text), nullable=False, server_default="{}"),
)

credential = Table(
    "credential",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("practitioner_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("state", Text),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("verified_at", INSTANT),
    Column("verified_by", Uuid),
    Column("verified_source", Text),
    ForeignKeyConstraint(
        ["network_id", "practitioner_id"], ["practitioner.network_id", "practitioner.id"]
    ),
)
