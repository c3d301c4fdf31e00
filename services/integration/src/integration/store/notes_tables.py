"""The tables of psychotherapy notes: their own schema, reached by their own role alone."""

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text, UniqueConstraint, Uuid

metadata = MetaData(schema="notes")

data_key = Table(
    "data_key",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("sealed_by", Text, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("network_id", "author_id", "patient_id"),
)
psychotherapy_note = Table(
    "psychotherapy_note",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("therapy_session_id", Uuid),
    Column("sealed", LargeBinary, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
)
