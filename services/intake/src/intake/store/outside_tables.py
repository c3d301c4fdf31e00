"""Tables of what others have on file, and of why a probable duplicate was registered."""

from kairos_chassis.words import Words, WordsJson
from sqlalchemy import Column, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from intake.store.metadata import INSTANT as _INSTANT
from intake.store.metadata import metadata

outside_record = Table(
    "outside_record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("import_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("resource", Words, nullable=False),
    Column("content", WordsJson, nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("reviewed_by", Uuid),
    Column("reviewed_at", _INSTANT),
    Column("review_reason", Text),
    Column("version", Integer, nullable=False),
)

duplicate_override = Table(
    "duplicate_override",
    metadata,
    Column("patient_id", Uuid, ForeignKey("patient.id"), primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("other_than", ARRAY(Uuid), nullable=False),
    Column("reason", Text, nullable=False),
    Column("overridden_by", Uuid, nullable=False),
    Column("overridden_at", _INSTANT, nullable=False),
)

consent_document = Table(
    "consent_document",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("code", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("published_by", Uuid, nullable=False),
    Column("published_at", _INSTANT, nullable=False),
)
