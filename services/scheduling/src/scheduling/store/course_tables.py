"""Tables of courses and of the proposals they come from."""

from sqlalchemy import Column, ForeignKey, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from scheduling.store.declared import ident, instant, metadata, tenant_table

course = tenant_table(
    "course",
    ident("patient_id"),
    Column("protocol", Text, nullable=False),
    Column("protocol_version", Text, nullable=False),
    ident("booked_by"),
    instant("booked_at"),
)

course_step = Table(
    "course_step",
    metadata,
    Column("course_id", Uuid, ForeignKey("course.id"), primary_key=True),
    Column("code", Text, primary_key=True),
    ident("network_id"),
    Column("visit_id", Uuid, ForeignKey("visit.id"), nullable=False, unique=True),
)

# `options`: [{aim, reasons, visits: [{step, visit_type, ...}]}]; of a repair, with `course_id`.
course_proposal = tenant_table(
    "course_proposal",
    ident("patient_id"),
    Column("protocol", Text, nullable=False),
    Column("protocol_version", Text, nullable=False),
    ident("course_id", ForeignKey("course.id"), nullable=True),
    Column("options", JSONB, nullable=False),
    ident("made_by"),
    instant("made_at"),
)
