"""Tables of clearances, broken visits and alerts about credentials."""

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

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
